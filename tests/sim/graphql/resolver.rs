//! Between the engine and the subjects: rights, paging, and the shape the schema gives an answer.

use std::rc::Rc;

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::schema::{ExtendedType, Type};
use serde_json::Value;

use super::answer::{Answer, Ask, Page, Subject};
use super::connection::{Connection, check_bounds};
use super::errors;
use super::record::{Record, Unresolved};

pub struct Resolver<'w>(Rc<dyn Subject<'w> + 'w>);

impl<'w> Resolver<'w> {
    pub fn new(subject: impl Subject<'w> + 'w) -> Self {
        Self(Rc::new(subject))
    }
}

impl ObjectValue for Resolver<'_> {
    fn type_name(&self) -> &str {
        self.0.type_name()
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let field = info.field_name();
        if self.0.denials().is_some_and(|denials| denials.of(field).is_some()) {
            return Err(errors::forbidden());
        }
        check_bounds(info)?;
        let answer = self.0.field(&Ask { field, arguments: info.arguments() })?;
        shaped(answer, &info.field_definition().ty, info)
    }
}

fn shaped<'a, 'w: 'a>(
    answer: Answer<'w>,
    ty: &'a Type,
    info: &'a ResolveInfo<'a>,
) -> Result<ResolvedValue<'a>, FieldError> {
    Ok(match answer {
        Answer::Value(value) => return shaped_value(value, ty, info),
        Answer::Object(subject) => ResolvedValue::object(Resolver(subject)),
        Answer::List(items) => listed(items, ty, info),
        Answer::Page(page) => paged(page, ty, info),
        Answer::Unresolved(message) => return Err(FieldError { message }),
    })
}

fn shaped_value<'a>(
    value: Value,
    ty: &'a Type,
    info: &'a ResolveInfo<'a>,
) -> Result<ResolvedValue<'a>, FieldError> {
    let kind = ty.inner_named_type();
    Ok(match value {
        Value::Null => unset(ty),
        Value::Array(items) if ty.is_list() => {
            listed(items.into_iter().map(Answer::Value).collect(), ty, info)
        }
        Value::Array(items) if kind.ends_with("Connection") => {
            match Answer::page(items.into_iter().map(Answer::Value)) {
                Answer::Page(page) => paged(page, ty, info),
                _ => ResolvedValue::null(),
            }
        }
        value => match info.schema().types.get(kind) {
            Some(ExtendedType::Scalar(_) | ExtendedType::Enum(_)) => ResolvedValue::leaf(value),
            Some(ExtendedType::Interface(_) | ExtendedType::Union(_)) => {
                let concrete = value["__typename"].as_str().unwrap_or_default().to_owned();
                ResolvedValue::object(Resolver::new(Record::new(concrete, value)))
            }
            _ => ResolvedValue::object(Resolver::new(Record::new(kind.to_string(), value))),
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

fn listed<'a, 'w: 'a>(items: Vec<Answer<'w>>, ty: &'a Type, info: &'a ResolveInfo<'a>) -> ResolvedValue<'a> {
    ResolvedValue::List(Box::new(items.into_iter().map(move |item| match item {
        Answer::Unresolved(message) => Ok(ResolvedValue::object(Resolver::new(Unresolved(message)))),
        item => shaped(item, ty.item_type(), info),
    })))
}

fn paged<'a, 'w: 'a>(page: Rc<Page<'w>>, ty: &'a Type, info: &'a ResolveInfo<'a>) -> ResolvedValue<'a> {
    let kind = ty.inner_named_type().as_str();
    ResolvedValue::object(Resolver::new(Connection::new(kind, page, info.arguments())))
}
