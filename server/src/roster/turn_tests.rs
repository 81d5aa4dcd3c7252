//! Classes that move, by numbers of pupils. A class `5A` has the id 51, `10B` 102.

use super::*;

fn class(name: &str) -> ClassId {
    let (number, letter) = name.split_at(name.len() - 1);
    let letter = u128::from(letter.as_bytes()[0] - b'A' + 1);
    ClassId(Uuid::from_u128(
        number.parse::<u128>().unwrap() * 10 + letter,
    ))
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn follower(n: u128, classes: &[&str]) -> Follower {
    Follower {
        staff: staff(n),
        name: format!("Kari {n}"),
        classes: classes.iter().map(|name| class(name)).collect(),
    }
}

/// So many pupils from one class to another; an empty word is outside the school.
fn turn(moves: &[(&str, &str, usize)], followers: &[Follower]) -> Turn {
    let (mut pupils, mut after) = (Vec::new(), BTreeMap::new());
    let mut names = BTreeMap::new();
    let named = followers.iter().flat_map(|it| it.classes.iter().copied());
    let mut ids: BTreeSet<ClassId> = named.collect();
    for (from, to, count) in moves {
        for _ in 0..*count {
            let id = Uuid::new_v4();
            if !from.is_empty() {
                ids.insert(class(from));
                pupils.push(pupil(id, class(from)));
            }
            if !to.is_empty() {
                ids.insert(class(to));
                after.insert(id, class(to));
            }
        }
    }
    for id in ids {
        let number = id.0.as_u128();
        let letter = char::from(b'A' + (number % 10) as u8 - 1);
        names.insert(id, format!("{}{letter}", number / 10));
    }
    let school = School {
        pupils,
        followers: followers.to_vec(),
        ..School::default()
    };
    Turn::of(&school, &after, &names)
}

fn pupil(id: Uuid, class: ClassId) -> PupilRow {
    PupilRow {
        id,
        given_name: String::new(),
        family_name: String::new(),
        class_id: Some(class.0),
        external_id: None,
        search_key: String::new(),
        left_at_ms: None,
        attention_until_ms: None,
        shown_as: None,
    }
}

/// What is proposed to the one who follows `now`; none when nothing is asked.
fn proposed(moves: &[(&str, &str, usize)], now: &[&str]) -> Option<Vec<String>> {
    let followers = turn(moves, &[follower(1, now)]).followers;
    followers.into_iter().next().map(|it| it.proposed)
}

#[test]
fn in_august_everybody_goes_on_with_their_own_and_the_last_year_leaves() {
    let moves = [
        ("4A", "5A", 20),
        ("4A", "", 2),
        ("5A", "6A", 18),
        ("5A", "5A", 1),
        ("10A", "", 19),
        ("", "1A", 21),
    ];
    let followers = [
        follower(1, &["4A"]),
        follower(2, &["5A"]),
        follower(3, &["10A"]),
    ];
    let turn = turn(&moves, &followers);
    let lines: Vec<_> = turn
        .followers
        .iter()
        .map(|it| {
            (
                it.now.concat(),
                it.proposed.concat(),
                it.filled_by_others.concat(),
            )
        })
        .collect();
    let line =
        |now: &str, then: &str, others: &str| (now.to_owned(), then.to_owned(), others.to_owned());
    assert_eq!(
        lines,
        [
            line("4A", "5A", ""),
            line("5A", "6A", "5A"),
            line("10A", "", "")
        ]
    );
    assert_eq!(turn.class_names(), ["1A", "5A", "6A"]);
}

#[test]
fn a_few_who_move_ask_nothing() {
    let moves = [
        ("5A", "5A", 18),
        ("5A", "5B", 3),
        ("5A", "", 2),
        ("", "5A", 4),
        ("5B", "5B", 20),
    ];
    assert_eq!(proposed(&moves, &["5A"]), None);
    assert_eq!(proposed(&moves, &["5A", "5B"]), None);
    assert!(turn(&moves, &[follower(1, &["5A"])]).classes.is_empty());
}

#[test]
fn a_class_that_is_parted_stays_with_whoever_has_it_and_one_that_is_dealt_out_goes_with_the_largest()
 {
    let some = |names: &[&str]| Some(names.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        proposed(&[("5A", "5A", 10), ("5A", "5C", 10)], &["5A"]),
        None
    );
    let parted = [("5A", "6A", 10), ("5A", "6B", 10), ("5A", "", 3)];
    assert_eq!(proposed(&parted, &["5A"]), some(&["6A", "6B"]));
    let uneven = [("5A", "6A", 11), ("5A", "6B", 10), ("5A", "5A", 1)];
    assert_eq!(proposed(&uneven, &["5A"]), some(&["6A"]));
    let joined = [("5A", "6A", 10), ("5B", "6A", 10)];
    assert_eq!(proposed(&joined, &["5A", "5B"]), some(&["6A"]));
}

#[test]
fn an_empty_class_is_kept_until_others_fill_it() {
    assert_eq!(proposed(&[("5A", "5A", 9)], &["5A", "8A"]), None);
    assert_eq!(proposed(&[("", "8A", 9)], &["8A"]), Some(Vec::new()));
    assert_eq!(proposed(&[("7A", "8A", 9)], &["8A"]), Some(Vec::new()));
}

#[test]
fn who_has_left_is_in_no_class_that_somebody_follows() {
    let mut gone = pupil(Uuid::new_v4(), class("6A"));
    gone.left_at_ms = Some(1);
    assert!(Moves::of(&[gone], &BTreeMap::new()).goes.is_empty());
}

#[test]
fn everybody_who_is_asked_about_is_chosen_for_and_nobody_else() {
    let followers = [follower(1, &["4A"]), follower(2, &["5A"])];
    let turn = turn(&[("4A", "5A", 9), ("5A", "6A", 9)], &followers);
    let choose = |chosen: &[(u128, &[&str])]| {
        let chosen: RosterChoices = chosen
            .iter()
            .map(|(n, names)| (staff(*n), names.iter().map(|it| (*it).to_owned()).collect()))
            .collect();
        turn.decided(&chosen)
    };
    let decided = choose(&[(1, &["5A", "6A"]), (2, &[])]).unwrap();
    assert_eq!(
        decided[&staff(1)],
        BTreeSet::from([class("5A"), class("6A")])
    );
    assert!(decided[&staff(2)].is_empty());
    assert_eq!(choose(&[]), Err(ChoiceError::Missing));
    assert_eq!(choose(&[(1, &["5A"])]), Err(ChoiceError::Missing));
    for unknown in [(1, &["9A"][..]), (3, &["5A"])] {
        let all = [(1, &["5A"][..]), (2, &["6A"]), unknown];
        assert_eq!(choose(&all), Err(ChoiceError::Unknown));
    }
}
