//! Plots as SVG, drawn here. Every text that goes in is escaped; colours and fonts are
//! the page's.

use std::fmt::Write;

use super::super::output::plain;
use crate::orchestrator::numbers::{count, float, round_time, time};

/// The drawing is this wide; its parts from the left: names, plot, numbers.
const WIDTH: f64 = 620.0;
const LEFT: f64 = 138.0;
const RIGHT: f64 = WIDTH - 112.0;
const ROW: f64 = 28.0;
const BAR: f64 = 16.0;
/// The shortest time that a logarithmic axis tells from none, in milliseconds.
pub(super) const SHORTEST: f64 = 0.008;
/// Room for the axis with its title.
const FOOT: f64 = 44.0;
/// A longer name is cut; the table beside has it whole.
const NAME: usize = 18;

/// Text for HTML and for an attribute's value.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for letter in plain(text).chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

/// What a plot is called, and what it shows, for those who cannot see it.
pub(super) struct About<'a> {
    /// Unique in the page.
    pub(super) id: &'a str,
    pub(super) title: &'a str,
    pub(super) description: String,
}

/// A bar with its name.
pub(super) struct Row {
    /// Stands above it, and begins a group.
    pub(super) heading: Option<String>,
    pub(super) name: String,
    /// Its parts from the left: the class of their colour, and how much.
    pub(super) parts: Vec<(&'static str, f64)>,
    /// Stands at its right.
    pub(super) note: String,
}

/// The axis of bars, from 0.
pub(super) struct Axis {
    pub(super) title: &'static str,
    /// Its end, when that is not to be found from the bars.
    pub(super) end: Option<f64>,
    /// How its numbers are written.
    pub(super) label: fn(f64) -> String,
}

/// Shapes on their way to an SVG.
struct Canvas(String);

impl Canvas {
    fn text(&mut self, x: f64, y: f64, class: &str, text: &str) {
        let text = escape(text);
        let _ = write!(self.0, r#"<text x="{x:.1}" y="{y:.1}" class="{class}">{text}</text>"#);
    }

    fn name(&mut self, y: f64, name: &str) {
        let mut short: String = name.chars().take(NAME).collect();
        if short.len() < name.len() {
            short.pop();
            short.push('…');
        }
        self.text(LEFT - 10.0, y, "end", &short);
    }

    fn rect(&mut self, x: f64, y: f64, width: f64, height: f64, class: &str) {
        let _ = write!(
            self.0,
            r#"<rect x="{x:.1}" y="{y:.1}" width="{width:.1}" height="{height:.1}" class="{class}"/>"#
        );
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        let _ = write!(
            self.0,
            r#"<line x1="{x1:.1}" y1="{y1:.1}" x2="{x2:.1}" y2="{y2:.1}" class="{class}"/>"#
        );
    }

    fn circle(&mut self, x: f64, y: f64, class: &str) {
        let _ = write!(self.0, r#"<circle cx="{x:.1}" cy="{y:.1}" r="5" class="{class}"/>"#);
    }

    /// Grid lines with their numbers below, and the axis' title.
    fn axis(&mut self, ticks: &[(f64, String)], bottom: f64, title: &str) {
        for (x, label) in ticks {
            self.line((*x, 0.0), (*x, bottom + 4.0), "grid");
            self.text(*x, bottom + 18.0, "quiet middle", label);
        }
        self.text(f64::midpoint(LEFT, RIGHT), bottom + 37.0, "quiet middle", title);
    }

    fn svg(self, about: &About<'_>, height: f64) -> String {
        let About { id, title, description } = about;
        format!(
            concat!(
                r#"<svg viewBox="0 0 {} {:.0}" role="img" aria-labelledby="{id}-t {id}-d">"#,
                r#"<title id="{id}-t">{}</title><desc id="{id}-d">{}</desc>{}</svg>"#
            ),
            WIDTH,
            height,
            escape(title),
            escape(description),
            self.0,
            id = id
        )
    }
}

/// Horizontal bars, stacked where they have several parts.
pub(super) fn bars(about: &About<'_>, rows: &[Row], axis: &Axis) -> String {
    let sum = |row: &Row| row.parts.iter().map(|(_, amount)| amount).sum::<f64>();
    let most = rows.iter().map(sum).fold(0.0, f64::max);
    let (end, step) = axis.end.map_or_else(|| nice(most), |end| (end, end / 4.0));
    let at = |amount: f64| LEFT + (RIGHT - LEFT) * (amount / end).clamp(0.0, 1.0);
    let headings = rows.iter().filter(|row| row.heading.is_some()).count();
    let bottom = ROW * float((rows.len() + headings) as u64) + 4.0;
    let mut canvas = Canvas(String::new());
    let ticks = (0_u32..).map(|n| f64::from(n) * step).take_while(|tick| *tick <= end * 1.001);
    let ticks: Vec<_> = ticks.take(12).map(|tick| (at(tick), (axis.label)(tick))).collect();
    canvas.axis(&ticks, bottom, axis.title);
    let mut y = 4.0;
    for row in rows {
        if let Some(heading) = &row.heading {
            canvas.text(0.0, y + 19.0, "strong", heading);
            y += ROW;
        }
        let top = y + (ROW - BAR) / 2.0;
        canvas.name(top + 12.5, &row.name);
        if axis.end.is_some() {
            canvas.rect(LEFT, top, RIGHT - LEFT, BAR, "track");
        }
        canvas.line((LEFT, y), (LEFT, y + ROW), "base");
        let mut amount = 0.0;
        for (class, part) in &row.parts {
            let x = at(amount);
            amount += part;
            // What is there is seen, however little it is.
            let width = if *part > 0.0 { (at(amount) - x).max(1.5) } else { 0.0 };
            canvas.rect(x, top, width, BAR, class);
        }
        canvas.text(RIGHT + 10.0, top + 12.5, "strong", &row.note);
        y += ROW;
    }
    canvas.svg(about, bottom + FOOT)
}

/// The end of an axis that has room for `most`, and the distance of its numbers: one,
/// two or five tenths of a power of ten.
fn nice(most: f64) -> (f64, f64) {
    if most.is_nan() || most <= 0.0 {
        return (1.0, 1.0);
    }
    let power = 10_f64.powf((most / 4.0).log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .map(|digit| digit * power)
        .find(|step| most / step <= 4.2)
        .unwrap_or(most);
    ((most / step).ceil() * step, step)
}

/// A logarithmic axis of times in milliseconds, a little longer than its times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Times {
    /// Logarithms to the base of ten.
    first: f64,
    last: f64,
}

impl Times {
    /// The axis on which all of these have room.
    pub(super) fn over(times: impl Iterator<Item = f64>) -> Option<Self> {
        let mut logs = times.map(|time| time.clamp(SHORTEST, 1e8).log10());
        let first = logs.next()?;
        let (least, most) = logs.fold((first, first), |(a, b), log| (a.min(log), b.max(log)));
        Some(Self { first: least - 0.15, last: most + 0.15 })
    }

    fn at(self, millis: f64) -> f64 {
        let share = (millis.clamp(SHORTEST, 1e8).log10() - self.first) / (self.last - self.first);
        LEFT + (RIGHT - LEFT) * share.clamp(0.0, 1.0)
    }

    /// Powers of ten, or of a hundred on a long axis; with twos and fives on a short one.
    fn ticks(self) -> Vec<(f64, String)> {
        let length = self.last - self.first;
        let digits: &[f64] = if length < 2.5 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let step = if length > 6.5 { 2 } else { 1 };
        let powers = (-4..9).step_by(step).map(|power| 10_f64.powi(power));
        let all = powers.flat_map(|power| digits.iter().map(move |digit| digit * power));
        all.filter(|millis| (self.first..=self.last).contains(&millis.log10()))
            .map(|millis| (self.at(millis), round_time(millis)))
            .collect()
    }
}

/// The percentiles of one provider, in milliseconds.
pub(super) struct Range {
    pub(super) name: String,
    pub(super) p50: f64,
    pub(super) p90: f64,
    pub(super) p99: f64,
}

/// Percentiles, each provider on a line.
pub(super) fn ranges(about: &About<'_>, rows: &[Range], times: Times) -> String {
    let mut canvas = Canvas(String::new());
    let bottom = ROW * float(rows.len() as u64) + 4.0;
    canvas.axis(&times.ticks(), bottom, "time of a success, logarithmic");
    let mut y = 4.0 + ROW / 2.0;
    for Range { name, p50, p90, p99 } in rows {
        canvas.name(y + 4.5, name);
        canvas.line((times.at(*p50), y), (times.at(*p99), y), "span");
        canvas.circle(times.at(*p99), y, "ring");
        let x = times.at(*p90);
        canvas.rect(x - 2.0, y - 7.0, 4.0, 14.0, "c");
        canvas.circle(times.at(*p50), y, "a");
        canvas.text(RIGHT + 10.0, y + 4.5, "strong", &format!("{} – {}", time(*p50), time(*p99)));
        y += ROW;
    }
    canvas.svg(about, bottom + FOOT)
}

/// Counts by doublings of the time, each provider in a field of its own over one axis.
pub(super) fn histograms(
    about: &About<'_>,
    fields: &[(String, &[(f64, u64)])],
    times: Times,
) -> String {
    const FIELD: f64 = 74.0;
    const HIGH: f64 = 52.0;
    let mut canvas = Canvas(String::new());
    let bottom = FIELD * float(fields.len() as u64) + 4.0;
    canvas.axis(&times.ticks(), bottom, "time of a success, logarithmic");
    let mut base = 4.0 + FIELD - 6.0;
    for (name, bars) in fields {
        let most = bars.iter().map(|(_, count)| *count).max().unwrap_or(0);
        canvas.name(base - HIGH / 2.0 + 4.5, name);
        for (lower, count) in bars.iter().filter(|(_, count)| *count > 0) {
            let (from, to) = (times.at(lower.max(SHORTEST)), times.at(lower.max(SHORTEST) * 2.0));
            let height = (HIGH * float(*count) / float(most.max(1))).max(1.5);
            canvas.rect(from + 0.5, base - height, (to - from - 1.0).max(1.0), height, "a");
        }
        canvas.line((LEFT, base), (RIGHT, base), "base");
        let note = format!("max {}", count(most));
        canvas.text(RIGHT + 10.0, base - HIGH + 9.0, "quiet", &note);
        canvas.text(RIGHT + 10.0, base + 4.0, "quiet", "0");
        base += FIELD;
    }
    canvas.svg(about, bottom + FOOT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_was_named_becomes_markup() {
        assert_eq!(
            escape("<script>\"a\" & 'b'\u{202e}\u{1b}"),
            "&lt;script&gt;&quot;a&quot; &amp; &#39;b&#39;\\u{202e}\\u{1b}"
        );
    }

    #[test]
    fn an_axis_ends_at_a_round_number_with_room_for_all() {
        for most in [0.003, 0.9, 1.0, 7.0, 42.0, 99.0, 123_456.0, 8e9] {
            let (end, step) = nice(most);
            assert!(end >= most && end <= most * 2.0 && end / step <= 5.01, "{most}: {end} {step}");
        }
        assert_eq!(nice(0.0), (1.0, 1.0));
        assert_eq!(nice(f64::NAN), (1.0, 1.0));
    }

    #[test]
    fn an_axis_of_times_has_round_numbers_inside() {
        let labels = |times: &[f64]| {
            let ticks = Times::over(times.iter().copied()).unwrap().ticks();
            assert!(ticks.iter().all(|(x, _)| (LEFT..=RIGHT).contains(x)));
            ticks.into_iter().map(|(_, label)| label).collect::<Vec<_>>().join(", ")
        };
        assert_eq!(Times::over(std::iter::empty()), None);
        assert_eq!(labels(&[800.0, 4_000.0]), "1 s, 2 s, 5 s");
        assert_eq!(labels(&[0.1, 12_000.0]), "100 µs, 1 ms, 10 ms, 100 ms, 1 s, 10 s");
        assert_eq!(labels(&[0.0, 1e6]), "10 µs, 1 ms, 100 ms, 10 s, 16.7 min");
    }

    #[test]
    fn bars_stay_inside_and_long_names_are_cut() {
        let row = Row {
            heading: None,
            name: "a-name-that-is-much-too-long".into(),
            parts: vec![("a", 5.0), ("b", 500.0)],
            note: "505".into(),
        };
        let about = About { id: "x", title: "T", description: "D".into() };
        let axis = Axis { title: "count", end: Some(100.0), label: |n| format!("{n}") };
        let svg = bars(&about, &[row], &axis);
        assert!(svg.contains("a-name-that-is-mu…<"), "{svg}");
        let widths = svg.split("width=\"").skip(1);
        let widths: Vec<f64> =
            widths.map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
        assert!(widths.iter().sum::<f64>() - (RIGHT - LEFT) * 2.0 < 0.2, "{widths:?}");
    }
}
