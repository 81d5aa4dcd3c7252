//! The columns: what is asked for, and whom the table lets through there.

use friminutt_tests::school::School;
use server::access::{Resource, Verb, may};
use server::auth::SignedIn;
use server::clock::now_ms;
use shared::api::path;
use shared::domain::{ClassId, DocumentId, PupilId, SchoolSettings, StaffId};
use uuid::Uuid;

use super::facts::{Facts, ROSTER};

/// A column of the matrix: one request for each row, and whom the table lets through.
pub struct Address {
    pub name: &'static str,
    pub method: &'static str,
    pub request: Box<dyn Fn(usize) -> (String, Vec<u8>)>,
    pub allows: Box<dyn Fn(&SignedIn) -> bool>,
    /// Names something of this school's.
    pub has_id: bool,
    pub refusal: u16,
}

/// Every address, with what the table is asked there.
pub fn addresses(facts: &'static Facts, school: &School) -> Vec<Address> {
    let Facts {
        author,
        on_duty,
        suspected,
        own_class,
        other_class,
        handed,
        deputy,
        ..
    } = *facts;
    let settings = serde_json::to_vec(&SchoolSettings::default()).unwrap();
    let nina = school.nina.staff;
    let get = |name, path: String, refusal, allows: Box<dyn Fn(&SignedIn) -> bool>| Address {
        name,
        method: "GET",
        has_id: path.contains('-'),
        request: Box::new(move |_| (path.clone(), Vec::new())),
        allows,
        refusal,
    };
    let list = |name, path: &str, on: Resource<'static>| {
        let allows = Box::new(move |who: &SignedIn| may(who, Verb::Read, on));
        get(name, path.to_owned(), 403, allows)
    };
    let log = |name, pupil: PupilId, class| {
        let on = Resource::PupilLog { class: Some(class) };
        let allows = Box::new(move |who: &SignedIn| may(who, Verb::Read, on));
        get(name, path::with_id(path::PUPIL_LOG, pupil), 404, allows)
    };
    let report = move |suspected: &'static [StaffId], who: &SignedIn| Resource::Report {
        reporter: Some(author),
        told_by: None,
        is_handed: handed.contains(&who.staff),
        suspected,
    };
    let on_employee: &'static [StaffId] = Box::leak(Box::new([suspected]));
    let read_report = |name, id: DocumentId, suspected: &'static [StaffId]| {
        let allows = Box::new(move |who: &SignedIn| may(who, Verb::Read, report(suspected, who)));
        get(name, path::with_id(path::REPORT, id), 404, allows)
    };
    let post =
        |name, method, path: String, body: Vec<u8>, refusal, verb, on: Resource<'static>| Address {
            name,
            method,
            has_id: path.contains('-'),
            request: Box::new(move |_| (path.clone(), body.clone())),
            allows: Box::new(move |who| may(who, verb, on)),
            refusal,
        };
    let on_report = |name, path: String, verb, suspected: &'static [StaffId]| Address {
        method: "POST",
        ..get(
            name,
            path,
            404,
            Box::new(move |who| may(who, verb, report(suspected, who))),
        )
    };
    let hand_out = |name, id: DocumentId, is_handed: bool, suspected: &'static [StaffId]| {
        let staff = if is_handed { deputy } else { nina };
        let body = format!("{{\"staff\":\"{staff}\",\"is_handed\":{is_handed}}}").into_bytes();
        let path = path::with_id(path::REPORT_HANDED, id);
        Address {
            name,
            method: "PUT",
            has_id: true,
            request: Box::new(move |_| (path.clone(), body.clone())),
            allows: Box::new(move |who| {
                let by_way = may(who, Verb::HandOut, Resource::Routing { suspected });
                may(who, Verb::HandOut, report(suspected, who)) || is_handed && by_way
            }),
            refusal: 404,
        }
    };
    let attention = |name, pupil: PupilId, class| {
        let on = Resource::Attention { class: Some(class) };
        let body = format!("{{\"until_ms\":{}}}", now_ms() + 60_000);
        let path = path::with_id(path::PUPIL_ATTENTION, pupil);
        post(name, "PUT", path, body.into_bytes(), 404, Verb::Write, on)
    };
    let entry_classes: &'static [ClassId] = Box::leak(Box::new([own_class]));
    let is_any = |_: &SignedIn| true;
    let on = |path: &str, id: DocumentId| path::with_id(path, id);
    vec![
        get("session", path::SESSION.into(), 403, Box::new(is_any)),
        list("school", path::SCHOOL, Resource::School),
        log("log of 5A", facts.pupil, own_class),
        log("log of 5B", facts.other_pupil, other_class),
        get(
            "an entry",
            on(path::ENTRY, facts.entry),
            404,
            Box::new(move |who| {
                let resource = Resource::Entry {
                    author: Some(author),
                    is_on_its_shift: on_duty.contains(&who.staff),
                    classes: entry_classes,
                };
                may(who, Verb::Read, resource)
            }),
        ),
        read_report("a report", facts.report, &[]),
        read_report(
            "a report on an employee",
            facts.report_on_employee,
            on_employee,
        ),
        list(
            "handed reports",
            path::REPORTS_HANDED,
            Resource::HandedInbox,
        ),
        list(
            "routing",
            path::ROUTING,
            Resource::Routing { suspected: &[] },
        ),
        hand_out("give a report to the deputy", facts.report, true, &[]),
        hand_out(
            "give what is on an employee to the deputy",
            facts.report_on_employee,
            true,
            on_employee,
        ),
        hand_out("take a report from Nina", facts.report, false, &[]),
        get("reports", path::REPORTS.into(), 403, Box::new(is_any)),
        list("waiting", path::WAITING, Resource::Notices),
        list("where notices go", path::NOTICE_ADDRESS, Resource::Notices),
        list(
            "whether this device hears",
            path::NOTICE_PUSH,
            Resource::Notices,
        ),
        post(
            "this device hears no longer",
            "DELETE",
            path::NOTICE_PUSH.into(),
            Vec::new(),
            403,
            Verb::Write,
            Resource::Notices,
        ),
        // No push is offered: who may is told so.
        post(
            "this device hears",
            "PUT",
            path::NOTICE_PUSH.into(),
            b"{\"endpoint\":\"https://fcm.googleapis.com/x\",\"p256dh\":\"BA\",\"auth\":\"AA\"}"
                .to_vec(),
            403,
            Verb::Write,
            Resource::Notices,
        ),
        list(
            "notices that failed",
            path::NOTICE_FAILURES,
            Resource::Settings,
        ),
        post(
            "notices no longer",
            "DELETE",
            path::NOTICE_ADDRESS.into(),
            Vec::new(),
            403,
            Verb::Write,
            Resource::Notices,
        ),
        // There is no mail server: who may is told so.
        post(
            "notices to an address",
            "PUT",
            path::NOTICE_ADDRESS.into(),
            b"{\"address\":\"per@example.org\"}".to_vec(),
            403,
            Verb::Write,
            Resource::Notices,
        ),
        get("patterns", path::PATTERNS.into(), 403, Box::new(is_any)),
        list("readings", path::READINGS, Resource::Readings),
        list("staff", path::STAFF, Resource::Staff),
        list("settings", path::SETTINGS, Resource::Settings),
        list("substitutes", path::SUBSTITUTES, Resource::Substitutes),
        post(
            "give a day code",
            "POST",
            path::SUBSTITUTES.into(),
            b"{\"name\":\"Siv Moe\"}".to_vec(),
            403,
            Verb::Write,
            Resource::Substitutes,
        ),
        // Nina is none: nobody gives her a code, and nobody ends her day.
        Address {
            method: "POST",
            ..get(
                "a day code for somebody who works here",
                path::with_id(path::SUBSTITUTE, nina),
                404,
                Box::new(|_| false),
            )
        },
        Address {
            method: "DELETE",
            ..get(
                "end the day of somebody who works here",
                path::with_id(path::SUBSTITUTE, nina),
                404,
                Box::new(|_| false),
            )
        },
        get("own devices", path::DEVICES.into(), 403, Box::new(is_any)),
        get("own password", path::PASSWORD.into(), 403, Box::new(is_any)),
        get("own passkeys", path::PASSKEYS.into(), 403, Box::new(is_any)),
        Address {
            method: "POST",
            ..get(
                "a challenge for a new passkey",
                path::PASSKEY_NEW_CHALLENGE.into(),
                404,
                Box::new(is_any),
            )
        },
        Address {
            method: "POST",
            has_id: false,
            ..get(
                "a challenge to show anew who one is",
                path::PASSKEY_STEP_UP_CHALLENGE.into(),
                404,
                Box::new(is_any),
            )
        },
        // One's own alone: a colleague's is not there.
        Address {
            method: "DELETE",
            ..get(
                "remove a colleague's passkey",
                path::with_id(path::PASSKEY, facts.passkey),
                404,
                Box::new(|_| false),
            )
        },
        get(
            "a colleague's devices",
            path::with_id(path::STAFF_DEVICES, nina),
            403,
            Box::new(move |who| may(who, Verb::Read, Resource::Device { owner: nina })),
        ),
        list("quarantine", path::QUARANTINE, Resource::Quarantine),
        list("erasures", path::ERASURES, Resource::Erasures),
        list(
            "owner's reports",
            path::OWNER_REPORTS,
            Resource::OwnerReports,
        ),
        get(
            "own receipts of the owner",
            path::OWNER_RECEIPTS.into(),
            403,
            Box::new(is_any),
        ),
        attention("attention in 5A", facts.pupil, own_class),
        attention("attention in 5B", facts.other_pupil, other_class),
        post(
            "protect a pupil",
            "PUT",
            path::with_id(path::PUPIL_PROTECTION, facts.other_pupil),
            b"{\"shown_as\":\"Elev B\"}".to_vec(),
            404,
            Verb::Write,
            Resource::Protection,
        ),
        on_report(
            "talk held",
            on(path::REPORT_TALK, facts.report),
            Verb::Receive,
            &[],
        ),
        on_report(
            "talk held on an employee",
            on(path::REPORT_TALK, facts.report_on_employee),
            Verb::Receive,
            on_employee,
        ),
        on_report(
            "pass on",
            on(path::REPORT_TO_OWNER, facts.report),
            Verb::PassOn,
            &[],
        ),
        on_report(
            "pass on what is on an employee",
            on(path::REPORT_TO_OWNER, facts.report_on_employee),
            Verb::PassOn,
            on_employee,
        ),
        Address {
            request: Box::new(|_| {
                let body = format!(
                    "{{\"name\":\"Bo Li\",\"username\":\"{}\",\"roles\":[\"duty_staff\"]}}",
                    Uuid::new_v4()
                );
                (path::STAFF.into(), body.into_bytes())
            }),
            ..post(
                "make an account",
                "POST",
                String::new(),
                Vec::new(),
                403,
                Verb::Write,
                Resource::Staff,
            )
        },
        post(
            "invite",
            "POST",
            path::with_id(path::STAFF_INVITATION, nina),
            Vec::new(),
            403,
            Verb::Write,
            Resource::Staff,
        ),
        post(
            "save settings",
            "PUT",
            path::SETTINGS.into(),
            settings,
            403,
            Verb::Write,
            Resource::Settings,
        ),
        Address {
            request: Box::new(|row| {
                let body = format!(
                    "{{\"documents\":[\"{}\"],\"ground\":\"mistake\"}}",
                    facts.to_erase[row]
                );
                (path::ERASURES.into(), body.into_bytes())
            }),
            ..post(
                "erase",
                "POST",
                "-".into(),
                Vec::new(),
                403,
                Verb::Create,
                Resource::Erasures,
            )
        },
        post(
            "preview a roster",
            "POST",
            path::ROSTER_PREVIEW.into(),
            ROSTER.into(),
            403,
            Verb::Write,
            Resource::Roster,
        ),
        post(
            "import a roster",
            "POST",
            format!("{}?fingerprint={}", path::ROSTER_IMPORT, facts.fingerprint),
            ROSTER.into(),
            403,
            Verb::Write,
            Resource::Roster,
        ),
        Address {
            request: Box::new(|row| {
                let path = path::with_id(path::DEVICE, facts.devices[row]);
                (path, Vec::new())
            }),
            ..post(
                "shut a colleague's device out",
                "DELETE",
                "-".into(),
                Vec::new(),
                404,
                Verb::Write,
                Resource::Device { owner: nina },
            )
        },
        post(
            "open a report as the owner",
            "POST",
            on(path::OWNER_REPORT_OPENED, facts.report),
            Vec::new(),
            403,
            Verb::Write,
            Resource::OwnerReports,
        ),
        post(
            "talk as the owner",
            "POST",
            on(path::OWNER_REPORT_TALK, facts.report),
            Vec::new(),
            403,
            Verb::Write,
            Resource::OwnerReports,
        ),
        // A school is no owner, whatever its people are called.
        Address {
            allows: Box::new(|_| false),
            ..post(
                "make the owner's key",
                "POST",
                path::OWNER_KEY.into(),
                format!("{{\"public\":\"{}\"}}", "07".repeat(32)).into_bytes(),
                403,
                Verb::Write,
                Resource::OwnerReports,
            )
        },
    ]
}
