//! What the matrix is about: one thing of each kind, and one for each row where asking uses it up.

use friminutt_tests::phone::Phone;
use friminutt_tests::school::{Person, School, hire, sign_in};
use friminutt_tests::server::Server;
use server::clock::now_ms;
use server::store::passkey::StoredPasskey;
use shared::api::{RosterPreview, path};
use shared::document::report;
use shared::domain::{
    ClassId, DeviceId, DocumentId, Part, PasskeyId, PupilId, Role, StaffId, Suspicion, What,
};
use uuid::Uuid;

/// All of 5A as it is: nobody is asked who follows it.
pub const ROSTER: &str =
    "Fornavn;Etternavn;Klasse\nElev0;Østby Ås;5A\nElev1;Østby Ås;5A\nElev2;Østby Ås;5A\n";

/// What the addresses are about.
pub struct Facts {
    pub author: StaffId,
    pub on_duty: [StaffId; 2],
    pub suspected: StaffId,
    pub own_class: ClassId,
    pub other_class: ClassId,
    pub pupil: PupilId,
    pub other_pupil: PupilId,
    pub entry: DocumentId,
    pub report: DocumentId,
    pub report_on_employee: DocumentId,
    /// To whom both reports were handed: the second suspects one of them.
    pub handed: [StaffId; 2],
    pub deputy: StaffId,
    /// One of each for each row: what is erased or shut out is gone afterwards.
    pub to_erase: Vec<DocumentId>,
    pub devices: Vec<DeviceId>,
    /// Nina's.
    pub passkey: PasskeyId,
    pub fingerprint: String,
}

pub async fn facts(
    server: &Server,
    school: &School,
    [suspected, handed]: [&Person; 2],
    count: usize,
) -> Facts {
    // Nobody gives a report to themselves: this one stands in no row.
    let deputy = hire(&server.store, school.id, "Bo Li", vec![Role::Deputy]).await;
    let pupil = school.pupils[0];
    let mut kari = Phone::of(&school.kari);
    let entry = kari.log_pupil(What::Exclusion, now_ms(), pupil, &Part::Exposed);
    let report = kari.begin_report(Some(pupil), &[entry]);
    kari.write_report(report, report::send());
    let report_on_employee = kari.begin_report(Some(pupil), &[entry]);
    let suspects = report::set_suspicion(&Suspicion::Employee)
        .and(report::set_suspected(suspected.staff, true))
        .and(report::send());
    kari.write_report(report_on_employee, suspects);
    let to_erase = (0..count)
        .map(|_| kari.log(What::Alone, now_ms()))
        .collect();
    kari.sync(server).await;
    let mut devices = Vec::new();
    for _ in 0..count {
        devices.push(
            sign_in(&server.store, school.id, school.nina.staff)
                .await
                .device,
        );
    }
    let preview = server
        .ask(
            &school.administrator,
            "POST",
            path::ROSTER_PREVIEW,
            ROSTER.as_bytes(),
        )
        .await;
    let preview: RosterPreview = serde_json::from_slice(&preview.body).unwrap();
    let passkey = PasskeyId(Uuid::now_v7());
    let ninas = StoredPasskey {
        credential: passkey.0.as_bytes().to_vec(),
        school: school.id,
        staff: school.nina.staff,
        device: school.nina.device,
        passkey: String::new(),
    };
    let mut tx = server.store.write().await.unwrap();
    assert!(tx.add_passkey(passkey, &ninas, 0).await.unwrap());
    let hands = [suspected.staff, handed.staff];
    for (id, to) in [report, report_on_employee]
        .map(|id| hands.map(|to| (id, to)))
        .concat()
    {
        let by = school.principal.staff;
        assert!(tx.hand_report(school.id, id, to, by, 0).await.unwrap());
    }
    tx.commit().await.unwrap();
    let mut tx = server.store.read().await.unwrap();
    let classes = tx.classes(school.id).await.unwrap();
    let other_class = classes.iter().find(|class| class.id != school.class_5a);
    Facts {
        author: school.kari.staff,
        on_duty: [school.kari.staff, school.ola.staff],
        suspected: suspected.staff,
        own_class: school.class_5a,
        other_class: other_class.unwrap().id,
        pupil,
        other_pupil: school.others[0],
        entry,
        report,
        report_on_employee,
        handed: hands,
        deputy: deputy.staff,
        to_erase,
        devices,
        passkey,
        fingerprint: preview.fingerprint,
    }
}
