//! Why the server did not do it, in words that say what to do next: a text for every code.

use leptos::prelude::*;
use shared::api::{ErrorCode, MIN_PASSWORD_CHARS};

use super::Texts;
use super::notice::{Notice, Tone};
use crate::browser::http::ApiFailure;
use crate::i18n::*;
use crate::route;

/// What to say.
pub fn text(i18n: Texts, failure: ApiFailure) -> String {
    let code = match failure {
        ApiFailure::NoContact => return t_string!(i18n, error.offline).to_owned(),
        ApiFailure::NotTheServer => return t_string!(i18n, error.not_the_server).to_owned(),
        ApiFailure::Refused(code) => code,
    };
    let text = match code {
        ErrorCode::Malformed => t_string!(i18n, error.malformed),
        ErrorCode::TooLarge => t_string!(i18n, error.too_large),
        ErrorCode::SignedOut | ErrorCode::DeviceRevoked => t_string!(i18n, error.signed_out),
        ErrorCode::WrongCredentials => t_string!(i18n, error.wrong_credentials),
        ErrorCode::PasskeyRefused => t_string!(i18n, error.passkey_refused),
        ErrorCode::TooManyAttempts => t_string!(i18n, error.too_many_attempts),
        ErrorCode::InvitationInvalid => t_string!(i18n, error.invitation_invalid),
        ErrorCode::DayCodeInvalid => t_string!(i18n, error.day_code_invalid),
        ErrorCode::PasswordTooShort => {
            return t_string!(i18n, error.password_too_short, min = MIN_PASSWORD_CHARS).to_string();
        }
        ErrorCode::PasswordCommon => t_string!(i18n, error.password_common),
        ErrorCode::StepUpNeeded => t_string!(i18n, error.step_up_needed),
        ErrorCode::LastAdministrator => t_string!(i18n, error.last_administrator),
        ErrorCode::ProviderUnavailable => t_string!(i18n, error.provider_unavailable),
        ErrorCode::NotFound => t_string!(i18n, error.not_found),
        ErrorCode::Forbidden => t_string!(i18n, error.forbidden),
        ErrorCode::Conflict => t_string!(i18n, error.conflict),
        ErrorCode::ReportBuildsOnIt => t_string!(i18n, error.report_builds_on_it),
        ErrorCode::RosterUnreadable => t_string!(i18n, error.roster_unreadable),
        ErrorCode::Unavailable => t_string!(i18n, error.unavailable),
        ErrorCode::Unknown => t_string!(i18n, error.unknown),
    };
    text.to_owned()
}

/// The same as a notice, with the way to sign in when that is what is missing.
#[component]
pub fn Failure(failure: ApiFailure) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Notice tone=Tone::Error test="failure">
            <p>{text(i18n, failure)}</p>
            {failure.is_signed_out().then(|| view! {
                <p><a class="button button-quiet" href=route::SIGN_IN>{t_string!(i18n, sign_in.submit)}</a></p>
            })}
        </Notice>
    }
}
