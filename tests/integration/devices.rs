//! Devices and their sessions, seen and ended by their owner and by the administrator.

use friminutt_tests::on_both_databases;
use friminutt_tests::school::{School, sign_in};
use friminutt_tests::server::Server;
use shared::api::{Device, path};

on_both_databases! {
    async fn a_session_is_listed_with_its_times_and_ended_from_another_device(database: Database) {
        let server = Server::start(&database).await;
        let school = School::found(&server.store, "Lia skole").await;
        let phone = sign_in(&server.store, school.id, school.kari.staff).await;
        let devices: Vec<Device> = server.get(&school.kari, path::DEVICES).await;
        assert_eq!(devices.len(), 2);
        let of_phone = devices.iter().find(|device| device.id == phone.device).unwrap();
        let now_ms = server::clock::now_ms();
        assert!(!of_phone.is_this && of_phone.sessions.len() == 1);
        assert!((now_ms - 60_000..=now_ms).contains(&of_phone.sessions[0].began_at_ms));
        let address = path::with_id(path::DEVICE_SESSIONS, phone.device);
        for stranger in [&school.ola, &school.principal] {
            assert_eq!(server.status(stranger, "DELETE", &address).await, 404);
        }
        assert_eq!(server.status(&phone, "GET", path::SESSION).await, 200);
        assert_eq!(server.status(&school.kari, "DELETE", &address).await, 204);
        assert_eq!(server.status(&phone, "GET", path::SESSION).await, 401);
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 200);
        let of_staff = path::with_id(path::STAFF_DEVICES, school.kari.staff);
        let devices: Vec<Device> = server.get(&school.administrator, &of_staff).await;
        let sessions = |id| devices.iter().find(|device| device.id == id).unwrap().sessions.len();
        assert_eq!((sessions(phone.device), sessions(school.kari.device)), (0, 1));
        let address = path::with_id(path::DEVICE_SESSIONS, school.kari.device);
        assert_eq!(server.status(&school.administrator, "DELETE", &address).await, 204);
        assert_eq!(server.status(&school.kari, "GET", path::SESSION).await, 401);
    }
}
