//! Pictures of goods.

use std::sync::Arc;

use axum::Json;
use axum::extract::Request;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::extract::whole;
use super::{Doors, Route};
use crate::access::{Resource, Verb};
use crate::app::App;
use crate::call::Caller;
use crate::images::{Kind, LARGEST};
use crate::wire::fault::{Code, Fault};
use crate::wire::product::ImageView;

pub(super) fn doors() -> Doors {
    OpenApiRouter::new().routes(routes!(show))
}

pub(super) fn bulk_doors() -> Doors {
    OpenApiRouter::new().routes(routes!(upload)).layer(DefaultBodyLimit::max(LARGEST))
}

/// Keeps a picture: the body is the file, JPEG, PNG or WebP, at most 2 MiB. The answer's name goes
/// into `images` of products and SKUs.
#[utoipa::path(post, path = "/v1/images", tag = "catalog",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = ImageView)))]
async fn upload(
    State(app): State<Arc<App>>,
    caller: Caller,
    request: Request,
) -> Result<(StatusCode, Json<ImageView>), Fault> {
    app.may(&caller, Verb::ManageCatalog, Resource::Chain)?;
    let (parts, body) = request.into_parts();
    let bytes = whole(parts, body).await?;
    let kind = Kind::of(&bytes).ok_or_else(|| {
        Fault::new(Code::NotAnImage, "the file is no JPEG, PNG or WebP: send one of these")
    })?;
    let held = Arc::clone(&app);
    let kept = tokio::task::spawn_blocking(move || held.images.keep(bytes, kind)).await;
    let image = match kept {
        Ok(Ok(name)) => name,
        Ok(Err(error)) => {
            tracing::error!(%error, "a picture cannot be kept");
            return Err(Fault::internal());
        }
        Err(_) => return Err(Fault::internal()),
    };
    let url = format!("/images/{image}");
    Ok((StatusCode::CREATED, Json(ImageView { image, url })))
}

/// A picture, for pages; no token is needed, and what a name shows never changes.
#[utoipa::path(get, path = "/images/{image}", tag = "catalog",
    responses((status = 200, body = Vec<u8>, content_type = "image/jpeg")))]
async fn show(State(app): State<Arc<App>>, Route(name): Route<String>) -> Result<Response, Fault> {
    let held = Arc::clone(&app);
    let found = tokio::task::spawn_blocking(move || held.images.find(&name)).await;
    let found = found.map_err(|_| Fault::internal())?;
    let (bytes, kind) = found.ok_or_else(|| Fault::not_found("picture"))?;
    let headers = [
        (header::CONTENT_TYPE, kind.media_type()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    Ok((headers, bytes).into_response())
}
