//! The document of the API, generated from the types and completed with what all doors share.

use std::sync::Arc;

use axum::http::header;
use axum::response::IntoResponse;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Required, ResponseBuilder, Type,
};
use utoipa::{PartialSchema, ToSchema};

use super::{examples, flat};
use crate::wire::fault::FaultBody;

/// What the document says about itself.
pub fn head() -> OpenApi {
    let about = "Real-time order dispatch for chains with many stores. Times are milliseconds \
                 since the Unix epoch, UTC; money is in fen; places are WGS-84 unless `coord` says \
                 otherwise. Mutations accept `Idempotency-Key`; placing needs it. Every fault has \
                 a stable code.";
    let info = InfoBuilder::new()
        .title("Paidan")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(about))
        .build();
    OpenApiBuilder::new().info(info).build()
}

/// Adds to every operation its ids, its token, its faults and an example.
pub fn complete(mut document: OpenApi) -> OpenApi {
    let components = document.components.get_or_insert_with(Components::new);
    components.schemas.insert(FaultBody::name().into_owned(), FaultBody::schema());
    let token = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    components.add_security_scheme("token", SecurityScheme::Http(token));
    for (path, item) in &mut document.paths.paths {
        let is_open = ["/healthz", "/readyz", "/metrics", "/v1/clock", "/v1/streets", "/v1/map"]
            .contains(&path.as_str())
            || path.starts_with("/v1/streets/")
            || path.starts_with("/v1/map/")
            || path.starts_with("/v1/webhooks/")
            || path.starts_with("/images/");
        for operation in operations(item) {
            add_parameters(operation, path);
            add_fault(operation);
            if !is_open {
                let needs = SecurityRequirement::new("token", Vec::<String>::new());
                operation.security = Some(vec![needs]);
            }
        }
    }
    // Whoever logs in has no token yet; whoever logs out has one.
    let sessions = document.paths.paths.get_mut("/v1/sessions");
    if let Some(log_in) = sessions.and_then(|item| item.post.as_mut()) {
        log_in.security = None;
    }
    // Parts have examples of their own: they come first.
    let Ok(mut value) = serde_json::to_value(&document) else { return document };
    examples::complete(&mut value);
    flat::complete(&mut value);
    serde_json::from_value(value).unwrap_or(document)
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.put, &mut item.post, &mut item.delete].into_iter().flatten()
}

/// Every `{name}` of the address is an id, unless the operation says otherwise.
fn add_parameters(operation: &mut Operation, path: &str) {
    let parameters = operation.parameters.get_or_insert_default();
    for name in path.split('{').skip(1).filter_map(|rest| rest.split('}').next()) {
        let is_known = |parameter: &RefOr<Parameter>| match parameter {
            RefOr::T(known) => {
                known.name == name && matches!(known.parameter_in, ParameterIn::Path)
            }
            RefOr::Ref(_) => false,
        };
        if !parameters.iter().any(is_known) {
            let text = ObjectBuilder::new().schema_type(Type::String).build();
            let parameter = ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(text))
                .build();
            parameters.push(RefOr::T(parameter));
        }
    }
}

fn add_fault(operation: &mut Operation) {
    let schema = Ref::from_schema_name(FaultBody::name());
    let content = ContentBuilder::new().schema(Some(RefOr::Ref(schema))).build();
    let response = ResponseBuilder::new()
        .description("A fault: what went wrong, and what to do about it")
        .content("application/json", content)
        .build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(response));
}

pub async fn serve(document: Arc<str>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], document.to_string())
}

#[cfg(test)]
mod tests {
    use crate::http::openapi;

    #[test]
    fn every_operation_names_its_faults_and_its_ids() {
        let mut document = openapi();
        assert!(document.paths.paths.len() > 60, "{}", document.paths.paths.len());
        for (path, item) in &mut document.paths.paths {
            for operation in super::operations(item) {
                assert!(operation.responses.responses.contains_key("default"), "{path}");
                let ids = path.matches('{').count();
                let named = operation.parameters.as_ref().map_or(0, Vec::len);
                assert!(named >= ids, "{path}: {named} of {ids}");
            }
        }
    }

    #[test]
    fn the_document_is_json_with_all_schemas_it_refers_to() {
        let text = openapi().to_json().unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let schemas = value["components"]["schemas"].as_object().unwrap();
        for reference in text.split("\"#/components/schemas/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
