use axum::Router;
use axum::body::{Body, HttpBody as _, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use http::{Method, StatusCode};
use tokio::time::timeout;

use super::csrf_layer::{BODY_TIMEOUT, CSRF_BODY_LIMIT, field, is_form};

/// The form field or query parameter that names the method.
const FIELD: &str = "_method";

/// Lets forms ask for PUT, PATCH and DELETE, which browsers do not send: a POST with a field or query parameter `_method` that
/// names one of them is routed as that method (F030).
///
/// Forms are searched as by [`CsrfLayer`](super::CsrfLayer): urlencoded ones of up to [`CSRF_BODY_LIMIT`]. Others, such as those
/// with files, say it in the query. Anything else stays what it is. A form that takes more than 10 s to arrive is answered 408.
///
/// It is put around the whole application, because a router chooses the handler before any layer of it:
///
/// ```
/// use axum::Router;
/// use axum::routing::delete;
/// use firecrest::session::method_override;
///
/// let app: Router = Router::new().route("/birds/{name}", delete(async || "gone"));
/// let app = method_override(app);
/// # let _ = app;
/// ```
pub fn method_override(router: Router) -> Router {
    Router::new().fallback_service(router).layer(from_fn(overridden))
}

async fn overridden(request: Request, next: Next) -> Response {
    if *request.method() != Method::POST {
        return next.run(request).await;
    }
    match with_own_method(request).await {
        Ok(request) => next.run(request).await,
        Err(status) => status.into_response(),
    }
}

/// The request with the method that it names, its body as it was.
async fn with_own_method(mut request: Request) -> Result<Request, StatusCode> {
    let mut wish = field(request.uri().query().unwrap_or_default(), FIELD);
    if wish.is_none() && is_form(&request) && is_small(&request) {
        let (parts, body) = request.into_parts();
        let bytes = timeout(BODY_TIMEOUT, to_bytes(body, CSRF_BODY_LIMIT)).await;
        let bytes = bytes.map_err(|_| StatusCode::REQUEST_TIMEOUT)?.map_err(|_| StatusCode::BAD_REQUEST)?;
        wish = std::str::from_utf8(&bytes).ok().and_then(|form| field(form, FIELD));
        request = Request::from_parts(parts, Body::from(bytes));
    }
    let known = [Method::PUT, Method::PATCH, Method::DELETE];
    let named = |wish: String| known.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(&wish));
    if let Some(method) = wish.and_then(named) {
        *request.method_mut() = method;
    }
    Ok(request)
}

/// Whether the length of the body is known, and can be looked through.
fn is_small(request: &Request) -> bool {
    let most = request.body().size_hint().upper();
    most.is_some_and(|most| most <= CSRF_BODY_LIMIT as u64)
}

#[cfg(test)]
mod tests {
    use axum::routing::any;
    use http::header::CONTENT_TYPE;
    use tower::ServiceExt as _;

    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    /// The method that the handler sees, and the body.
    async fn seen(method: &str, uri: &str, kind: &str, body: impl Into<Body>) -> String {
        let handler = async |method: Method, body: String| format!("{method} {}", body.len());
        let app = method_override(Router::new().route("/x", any(handler)));
        let request = Request::builder().method(method).uri(uri).header(CONTENT_TYPE, kind);
        let response = app.oneshot(request.body(body.into()).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        String::from_utf8(to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap()
    }

    #[tokio::test]
    async fn f030_a_form_says_which_method_it_means() {
        for (method, wish, expected) in [
            ("POST", "put", "PUT"),
            ("POST", "PATCH", "PATCH"),
            ("POST", "delete", "DELETE"),
            ("POST", "get", "POST"),
            ("POST", "connect", "POST"),
            ("POST", "", "POST"),
            ("GET", "delete", "GET"),
        ] {
            let body = format!("a=1&_method={wish}");
            let length = body.len();
            assert_eq!(seen(method, "/x", FORM, body).await, format!("{expected} {length}"));
            assert_eq!(seen(method, &format!("/x?_method={wish}"), "x/y", "").await, format!("{expected} 0"));
        }
    }

    #[tokio::test]
    async fn f030_what_is_no_small_form_stays_what_it_is() {
        assert_eq!(seen("POST", "/x", "text/plain", "_method=put").await, "POST 11");
        let large = format!("_method=put&a={}", "a".repeat(CSRF_BODY_LIMIT));
        assert_eq!(seen("POST", "/x", FORM, large.clone()).await, format!("POST {}", large.len()));
        let chunks = futures_util::stream::iter([Ok::<_, std::io::Error>("_method=put")]);
        assert_eq!(seen("POST", "/x", FORM, Body::from_stream(chunks)).await, "POST 11");
    }
}
