//! Rosters one after the other, each stored as the handler would store it. Everybody in them is invented.

use super::super::lines;
use super::*;

fn ids() -> impl FnMut() -> Uuid {
    let mut last = 0;
    move || {
        last += 1;
        Uuid::from_u128(last)
    }
}

/// Imports a file into a school; the ids go on from those of before.
fn import(school: &mut School, text: &str, new_id: &mut dyn FnMut() -> Uuid) -> RosterPreview {
    let file = lines::read(text.as_bytes(), b"salt");
    let plan = plan(&file, text.as_bytes(), school, 99, new_id);
    for class in plan.new_classes {
        school.classes.retain(|known| known.id != class.id);
        school.classes.push(class);
    }
    for row in plan.pupils {
        school.pupils.retain(|known| known.id != row.id);
        school.pupils.push(row);
    }
    plan.preview
}

fn counts(preview: &RosterPreview) -> (usize, usize, usize, u32) {
    (
        preview.new.len(),
        preview.changed.len(),
        preview.gone.len(),
        preview.unchanged,
    )
}

fn id_of(school: &School, given: &str, class: &str) -> Uuid {
    let class = school
        .classes
        .iter()
        .find(|c| c.name == class)
        .unwrap()
        .id
        .0;
    school
        .pupils
        .iter()
        .find(|row| row.given_name == given && row.class_id == Some(class))
        .unwrap()
        .id
}

const SPRING: &str = "Fornavn;Etternavn;Klasse\nÅse;Østby Lien;4A\nOla;Li;4A\nOla;Li;5A\nBo;Å;5A\n";

#[test]
fn the_same_file_again_changes_nothing() {
    let (mut school, mut new_id) = (School::default(), ids());
    let first = import(&mut school, SPRING, &mut new_id);
    assert_eq!(counts(&first), (4, 0, 0, 0));
    assert_eq!(first.new_classes, ["4A", "5A"]);
    let file = lines::read(SPRING.as_bytes(), b"salt");
    let again = plan(&file, SPRING.as_bytes(), &school, 100, &mut new_id);
    assert_eq!(counts(&again.preview), (0, 0, 0, 4));
    assert!(again.pupils.is_empty() && again.new_classes.is_empty());
}

#[test]
fn next_autumn_everybody_is_the_same_pupil_a_year_up_also_two_of_one_name() {
    let (mut school, mut new_id) = (School::default(), ids());
    import(&mut school, SPRING, &mut new_id);
    let (younger, older) = (id_of(&school, "Ola", "4A"), id_of(&school, "Ola", "5A"));
    let autumn = "Fornavn;Etternavn;Klasse\nOla;Li;6A\nÅse;Østby Lien;5A\nBo;Å;6A\nOla;Li;5A\n";
    assert_eq!(
        counts(&import(&mut school, autumn, &mut new_id)),
        (0, 4, 0, 0)
    );
    assert_eq!(
        (id_of(&school, "Ola", "5A"), id_of(&school, "Ola", "6A")),
        (younger, older)
    );
}

#[test]
fn who_is_gone_from_the_file_leaves_and_is_the_same_when_back() {
    let (mut school, mut new_id) = (School::default(), ids());
    import(&mut school, SPRING, &mut new_id);
    let bo = id_of(&school, "Bo", "5A");
    let without = SPRING.replace("Bo;Å;5A\n", "");
    let gone = import(&mut school, &without, &mut new_id);
    assert_eq!(counts(&gone), (0, 0, 1, 3));
    assert_eq!(
        school
            .pupils
            .iter()
            .find(|row| row.id == bo)
            .unwrap()
            .left_at_ms,
        Some(99)
    );
    assert_eq!(
        counts(&import(&mut school, &without, &mut new_id)),
        (0, 0, 0, 3)
    );
    assert_eq!(
        counts(&import(&mut school, SPRING, &mut new_id)),
        (1, 0, 0, 3)
    );
    assert_eq!(
        school
            .pupils
            .iter()
            .find(|row| row.id == bo)
            .unwrap()
            .left_at_ms,
        None
    );
}

#[test]
fn an_id_is_the_pupil_whatever_the_name() {
    let (mut school, mut new_id) = (School::default(), ids());
    import(&mut school, SPRING, &mut new_id);
    let aase = id_of(&school, "Åse", "4A");
    let with_ids =
        "ID;Fornavn;Etternavn;Klasse\n1;Åse;Østby Lien;4A\n2;Ola;Li;4A\n3;Ola;Li;5A\n4;Bo;Å;5A\n";
    assert_eq!(
        counts(&import(&mut school, with_ids, &mut new_id)),
        (0, 0, 0, 4)
    );
    let renamed = with_ids.replace("Åse;Østby Lien;4A", "Aase Marie;Lien;4B");
    let preview = import(&mut school, &renamed, &mut new_id);
    assert_eq!(counts(&preview), (0, 1, 0, 3));
    assert_eq!(preview.changed[0].before.name, "Åse Østby Lien");
    assert_eq!(id_of(&school, "Aase Marie", "4B"), aase);
    let another = renamed.replace("4;Bo;Å;5A", "5;Bo;Å;5A");
    assert_eq!(
        counts(&import(&mut school, &another, &mut new_id)),
        (1, 0, 1, 3)
    );
}

#[test]
fn a_newcomer_with_the_name_of_somebody_here_is_new() {
    let (mut school, mut new_id) = (School::default(), ids());
    import(
        &mut school,
        "Fornavn;Etternavn;Klasse\nOla;Li;4A\n",
        &mut new_id,
    );
    let ola = id_of(&school, "Ola", "4A");
    let preview = import(
        &mut school,
        "Fornavn;Etternavn;Klasse\nOla;Li;1B\nOla;Li;4A\n",
        &mut new_id,
    );
    assert_eq!(counts(&preview), (1, 0, 0, 1));
    assert_eq!(id_of(&school, "Ola", "4A"), ola);
}

#[test]
fn two_of_one_name_in_one_class_stay_when_a_third_comes() {
    let (mut school, mut new_id) = (School::default(), ids());
    let two = "Fornavn;Etternavn;Klasse\nOla;Li;4A\nOla;Li;4A\n";
    import(&mut school, two, &mut new_id);
    let three = format!("{two}Ola;Li;4A\n");
    assert_eq!(
        counts(&import(&mut school, &three, &mut new_id)),
        (1, 0, 0, 2)
    );
}

#[test]
fn a_file_with_a_problem_plans_nothing() {
    let (mut school, mut new_id) = (School::default(), ids());
    import(&mut school, SPRING, &mut new_id);
    let preview = import(
        &mut school,
        "Fornavn;Etternavn;Klasse\nBo;;5A\n",
        &mut new_id,
    );
    assert_eq!(
        (counts(&preview), preview.problems.len()),
        ((0, 0, 0, 0), 1)
    );
}

#[test]
fn the_fingerprint_follows_the_file_and_the_school() {
    let (mut school, mut new_id) = (School::default(), ids());
    let empty = import(&mut school, SPRING, &mut new_id).fingerprint;
    let full = import(&mut school, SPRING, &mut new_id).fingerprint;
    assert_ne!(empty, full);
    assert_eq!(full, import(&mut school, SPRING, &mut new_id).fingerprint);
    assert_ne!(
        full,
        import(&mut school, &format!("{SPRING}\n"), &mut new_id).fingerprint
    );
}
