//! The web pages on which a user allows or denies an application.

use crate::encoding::{encoded, html};
use crate::message::Reply;
use crate::refusal;

/// The question, with a form that a browser can send.
pub(super) fn question(consumer: &str, user: &str, token: &str, action: &str) -> Reply {
    let (consumer, user, token) = (html(consumer), html(user), html(token));
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Welcome to Jira</title></head><body>\
         <h1>Welcome to Jira</h1>\
         <p>The application <strong>{consumer}</strong> would like to have read and write access to your data.</p>\
         <p>You are logged in as <strong>{user}</strong>.</p>\
         <form method=\"post\" action=\"{action}\"><input type=\"hidden\" name=\"oauth_token\" value=\"{token}\">\
         <button id=\"approve\" name=\"approve\" value=\"Allow\">Allow</button> \
         <button id=\"deny\" name=\"deny\" value=\"Deny\">Deny</button></form></body></html>"
    );
    Reply::html(200, &page)
}

/// Without a callback: the code, for the user to type.
pub(super) fn approved(consumer: &str, verifier: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Access Approved</title></head><body>\
         <h1>Access Approved</h1><p>You have successfully authorized <strong>{}</strong>. \
         Your verification code is '<code id=\"verifier\">{verifier}</code>'. \
         You will need to enter this exact text when prompted.</p></body></html>",
        html(consumer)
    );
    Reply::html(200, &page)
}

/// The same, where Deny was pressed.
pub(super) fn denied(consumer: &str) -> Reply {
    let sentence = format!("You have denied {} access to your data.", html(consumer));
    refusal::page(200, "Access Denied", &sentence)
}

/// A redirect to the callback.
pub(super) fn back(callback: &str, token: &str, verifier: &str) -> Reply {
    let joint = if callback.contains('?') { '&' } else { '?' };
    let target = format!(
        "{callback}{joint}oauth_token={}&oauth_verifier={}",
        encoded(token),
        encoded(verifier)
    );
    Reply::new(302).header("Location", target)
}

/// For a token that cannot be allowed any more.
pub(super) fn refused(problem: &str) -> Reply {
    refusal::page(
        401,
        "OAuth error",
        &format!("The request token cannot be used: {problem}"),
    )
}
