//! Numbers: arithmetic and its functions.

use super::Kernel;
use logloupe_syntax::functions::Number;
use logloupe_syntax::tree::Binary;
use logloupe_table::Value;

/// A number, exact while it is an integer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Num {
    /// An integer.
    Int(i64),
    /// A float, finite.
    Float(f64),
}

impl Num {
    /// As a float.
    pub fn float(self) -> f64 {
        match self {
            Num::Int(v) => v as f64,
            Num::Float(v) => v,
        }
    }
    /// As a value.
    pub fn value(self) -> Value {
        match self {
            Num::Int(v) => Value::Int(v),
            Num::Float(v) => float(v),
        }
    }
}

/// The number that a value is or reads as. Times are milliseconds since 1970, booleans 1 and 0.
#[inline]
pub fn num(value: &Value) -> Option<Num> {
    match value {
        Value::Int(v) => Some(Num::Int(*v)),
        Value::Float(v) => v.is_finite().then_some(Num::Float(*v)),
        Value::Bool(v) => Some(Num::Int(*v as i64)),
        Value::Time(v) if v % 1000 == 0 => Some(Num::Int(v / 1000)),
        Value::Text(_) => match value.number()? {
            _ if value.integer().is_some() => value.integer().map(Num::Int),
            v => v.is_finite().then_some(Num::Float(v)),
        },
        other => other.number().map(Num::Float),
    }
}

fn float(value: f64) -> Value {
    if value.is_finite() { Value::Float(value) } else { Value::Null }
}

/// A float that is whole becomes an integer if it fits.
fn whole(value: f64) -> Value {
    if value.abs() < 9.2e18 { Value::Int(value as i64) } else { float(value) }
}

/// `a op b`. A missing side, text that is no number and a division by zero give a missing value; integers that
/// outgrow 64 bits become floats; `/` always gives a float; the sign of `%` is the dividend's.
pub fn arithmetic(op: Binary, a: &Value, b: &Value) -> Value {
    let (Some(a), Some(b)) = (num(a), num(b)) else { return Value::Null };
    if let (Num::Int(x), Num::Int(y)) = (a, b) {
        let exact = match op {
            Binary::Add => x.checked_add(y),
            Binary::Subtract => x.checked_sub(y),
            Binary::Multiply => x.checked_mul(y),
            Binary::Modulo if y == 0 => return Value::Null,
            Binary::Modulo => Some(x.wrapping_rem(y)),
            Binary::Power => u32::try_from(y).ok().and_then(|y| x.checked_pow(y)),
            _ => None,
        };
        if let Some(exact) = exact {
            return Value::Int(exact);
        }
    }
    let (x, y) = (a.float(), b.float());
    match op {
        Binary::Add => float(x + y),
        Binary::Subtract => float(x - y),
        Binary::Multiply => float(x * y),
        Binary::Divide => float(x / y),
        Binary::Modulo => float(x % y),
        Binary::Power => float(x.powf(y)),
        _ => Value::Null,
    }
}

/// `-a`.
pub fn negate(value: &Value) -> Value {
    match num(value) {
        Some(Num::Int(v)) => v.checked_neg().map_or(Value::Float(-(v as f64)), Value::Int),
        Some(Num::Float(v)) => float(-v),
        None => Value::Null,
    }
}

/// What computes each function.
pub(super) fn kernel(function: Number) -> Kernel {
    match function {
        Number::Abs => Kernel::Scalar(abs),
        Number::Ceil => Kernel::Scalar(ceil),
        Number::Floor => Kernel::Scalar(floor),
        Number::Round => Kernel::Scalar(round),
        Number::Greatest => Kernel::Scalar(greatest),
        Number::Least => Kernel::Scalar(least),
        Number::Log => Kernel::Scalar(log),
        Number::Log10 => Kernel::Scalar(log10),
        Number::Sqrt => Kernel::Scalar(sqrt),
        Number::ToNumber => Kernel::Scalar(to_number),
        Number::ToInt => Kernel::Scalar(to_int),
        Number::Haversine => Kernel::Scalar(haversine),
    }
}

fn abs(args: &[Value]) -> Value {
    match num(&args[0]) {
        Some(Num::Int(v)) => v.checked_abs().map_or(Value::Float(-(v as f64)), Value::Int),
        Some(Num::Float(v)) => float(v.abs()),
        None => Value::Null,
    }
}

fn to_whole(args: &[Value], f: fn(f64) -> f64) -> Value {
    match num(&args[0]) {
        Some(Num::Int(v)) => Value::Int(v),
        Some(Num::Float(v)) => whole(f(v)),
        None => Value::Null,
    }
}

fn ceil(args: &[Value]) -> Value {
    to_whole(args, f64::ceil)
}

fn floor(args: &[Value]) -> Value {
    to_whole(args, f64::floor)
}

fn to_int(args: &[Value]) -> Value {
    to_whole(args, f64::trunc)
}

fn round(args: &[Value]) -> Value {
    let Some(digits) = args.get(1) else { return to_whole(args, f64::round) };
    let (Some(number), Some(digits)) = (num(&args[0]), digits.integer()) else { return Value::Null };
    let scale = 10f64.powi(digits.clamp(-18, 18) as i32);
    if digits <= 0 {
        whole((number.float() * scale).round() / scale)
    } else {
        float((number.float() * scale).round() / scale)
    }
}

fn pick(args: &[Value], better: fn(f64, f64) -> bool) -> Value {
    let numbers = args.iter().filter_map(num);
    numbers.reduce(|a, b| if better(b.float(), a.float()) { b } else { a }).map_or(Value::Null, Num::value)
}

fn greatest(args: &[Value]) -> Value {
    pick(args, |a, b| a > b)
}

fn least(args: &[Value]) -> Value {
    pick(args, |a, b| a < b)
}

fn log(args: &[Value]) -> Value {
    let Some(number) = num(&args[0]).map(Num::float) else { return Value::Null };
    match args.get(1).map(num) {
        None => float(number.ln()),
        Some(Some(base)) => match base.float() {
            10.0 => float(number.log10()),
            2.0 => float(number.log2()),
            base => float(number.ln() / base.ln()),
        },
        Some(None) => Value::Null,
    }
}

fn log10(args: &[Value]) -> Value {
    num(&args[0]).map_or(Value::Null, |n| float(n.float().log10()))
}

/// Mean radius of the Earth in kilometres.
const EARTH: f64 = 6371.0088;

fn haversine(args: &[Value]) -> Value {
    let degrees: Option<Vec<f64>> = args.iter().map(|a| num(a).map(Num::float)).collect();
    let Some([lat1, lon1, lat2, lon2]) = degrees.as_deref() else { return Value::Null };
    if [lat1, lat2].iter().any(|l| l.abs() > 90.0) || [lon1, lon2].iter().any(|l| l.abs() > 180.0) {
        return Value::Null;
    }
    let half = |a: f64, b: f64| ((b - a).to_radians() / 2.0).sin().powi(2);
    let h = half(*lat1, *lat2) + lat1.to_radians().cos() * lat2.to_radians().cos() * half(*lon1, *lon2);
    float(2.0 * EARTH * h.min(1.0).sqrt().asin())
}

fn sqrt(args: &[Value]) -> Value {
    num(&args[0]).map_or(Value::Null, |n| float(n.float().sqrt()))
}

fn to_number(args: &[Value]) -> Value {
    num(&args[0]).map_or(Value::Null, Num::value)
}
