//! A release embeds the client, whose files have other names with each web build: look at the folder again when it changes.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../target/web");
    }
}
