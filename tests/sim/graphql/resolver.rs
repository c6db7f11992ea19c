//! Between the engine and the subjects: rights, paging, and the shape the schema gives an answer.

use std::rc::Rc;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::{ExtendedType, Type};
use serde_json::Value;

use super::answer::{Answer, Ask, Page, Subject};
use super::connection::{Connection, check_bounds};
use super::errors;
use super::record::{Record, Unresolved};

pub struct Resolver<'w> {
    subject: Rc<dyn Subject<'w> + 'w>,
    bounds: Bounds,
}

/// What a connection is asked for where its arguments do not say, or say too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bounds {
    /// It is refused, as GitHub does.
    Demanded,
    /// A hundred, as GitLab does.
    Assumed,
}

impl<'w> Resolver<'w> {
    pub fn new(subject: impl Subject<'w> + 'w) -> Self {
        Self::bounded(subject, Bounds::Demanded)
    }

    pub fn bounded(subject: impl Subject<'w> + 'w, bounds: Bounds) -> Self {
        Self { subject: Rc::new(subject), bounds }
    }
}

impl ObjectValue for Resolver<'_> {
    fn type_name(&self) -> &str {
        self.subject.type_name()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        if self.subject.denials().is_some_and(|denials| denials.of(field).is_some()) {
            return Err(errors::forbidden());
        }
        if self.bounds == Bounds::Demanded {
            check_bounds(info)?;
        }
        let answer = self.subject.field(&Ask { field, arguments: info.arguments() })?;
        shaped(answer, &info.field_definition().ty, info, self.bounds)
    }
}

fn shaped<'a, 'w: 'a>(
    answer: Answer<'w>,
    ty: &'a Type,
    info: &'a ResolveInfo<'a>,
    bounds: Bounds,
) -> Result<ResolvedValue<'a>, FieldError> {
    Ok(match answer {
        Answer::Value(value) => return shaped_value(value, ty, info, bounds),
        Answer::Object(subject) => ResolvedValue::object(Resolver { subject, bounds }),
        Answer::List(items) => listed(items, ty, info, bounds),
        Answer::Page(page) => paged(page, ty, info, bounds),
        Answer::Unresolved(message) => return Err(FieldError { message }),
    })
}

fn shaped_value<'a>(
    value: Value,
    ty: &'a Type,
    info: &'a ResolveInfo<'a>,
    bounds: Bounds,
) -> Result<ResolvedValue<'a>, FieldError> {
    let kind = ty.inner_named_type();
    Ok(match value {
        Value::Null => unset(ty),
        Value::Array(items) if ty.is_list() => {
            listed(items.into_iter().map(Answer::Value).collect(), ty, info, bounds)
        }
        Value::Array(items) if kind.ends_with("Connection") => {
            match Answer::page(items.into_iter().map(Answer::Value)) {
                Answer::Page(page) => paged(page, ty, info, bounds),
                _ => ResolvedValue::null(),
            }
        }
        value => match info.schema().types.get(kind) {
            Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_)) => ResolvedValue::leaf(value),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                let concrete = value["__typename"].as_str().unwrap_or_default().to_owned();
                ResolvedValue::object(Resolver::bounded(Record::new(concrete, value), bounds))
            }
            _ => ResolvedValue::object(Resolver::bounded(Record::new(kind.to_string(), value), bounds)),
        },
    })
}

/// What REST may leave out but GraphQL must tell is off, zero or empty.
fn unset<'a>(ty: &Type) -> ResolvedValue<'a> {
    match ty {
        Type::NonNullNamed(name) if name == "Boolean" => ResolvedValue::leaf(false),
        Type::NonNullNamed(name) if name == "Int" => ResolvedValue::leaf(0),
        Type::NonNullList(_) => ResolvedValue::list(std::iter::empty::<ResolvedValue<'a>>()),
        _ => ResolvedValue::null(),
    }
}

fn listed<'a, 'w: 'a>(
    items: Vec<Answer<'w>>,
    ty: &'a Type,
    info: &'a ResolveInfo<'a>,
    bounds: Bounds,
) -> ResolvedValue<'a> {
    ResolvedValue::List(Box::new(items.into_iter().map(move |item| match item {
        Answer::Unresolved(message) => Ok(ResolvedValue::object(Resolver::new(Unresolved(message)))),
        item => shaped(item, ty.item_type(), info, bounds),
    })))
}

fn paged<'a, 'w: 'a>(
    page: Rc<Page<'w>>,
    ty: &'a Type,
    info: &'a ResolveInfo<'a>,
    bounds: Bounds,
) -> ResolvedValue<'a> {
    let kind = ty.inner_named_type().as_str();
    ResolvedValue::object(Resolver::bounded(Connection::new(kind, page, info.arguments(), bounds), bounds))
}
