use firecrest::live::form::{Errors, Field, Form, FormData, Row};
use firecrest::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Quiz {
    title: String,
    questions: Vec<Question>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Question {
    text: String,
    answers: Vec<Answer>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Answer {
    text: String,
    is_right: bool,
}

impl Quiz {
    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if self.title.is_empty() {
            errors.add("title", "must not be empty");
        }
        for (index, question) in self.questions.iter().enumerate() {
            errors.add_part(&format!("questions[{index}]"), question.check());
        }
        errors
    }
}

impl Question {
    fn check(&self) -> Errors {
        let mut errors = Errors::new();
        if self.text.is_empty() {
            errors.add("text", "must not be empty");
        }
        if !self.answers.iter().any(|answer| answer.is_right) {
            errors.add("answers", "need a right one");
        }
        errors
    }
}

struct QuizPage {
    form: Form,
    saved: Vec<Quiz>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum QuizEvent {
    Change { quiz: FormData },
    Save { quiz: FormData },
    Move { from: usize, to: usize },
}

impl LiveView for QuizPage {
    type Event = QuizEvent;
    type Info = ();

    async fn mount(_cx: &mut Mount<'_>) -> Result<Self, MountError> {
        Ok(QuizPage { form: Form::new("quiz", &Quiz::default()), saved: Vec::new() })
    }

    async fn handle_event(&mut self, event: QuizEvent, _cx: &mut View<'_>) -> Outcome {
        match event {
            QuizEvent::Change { quiz } => self.form.change(quiz, Quiz::check),
            QuizEvent::Save { quiz } => self.saved.extend(self.form.submit(quiz, Quiz::check)),
            QuizEvent::Move { from, to } => self.form.move_row("questions", from, to, Quiz::check),
        }
        Outcome::Render
    }

    fn render(&self) -> Html {
        let questions = self.form.rows("questions");
        html! {
            <form id={self.form.id()} phx-change="change" phx-submit="save">
                {text(&self.form.field("title"), "Title")}
                for question in &questions, key = question.id() { {self.question(question)} }
                {questions.hidden()}
                <button {..questions.add()}>"Add a question"</button>
                <button>"Save"</button>
            </form>
            <p>{self.saved.len()} " saved"</p>
        }
    }
}

impl QuizPage {
    fn question(&self, question: &Row<'_>) -> Html {
        let (answers, at) = (question.rows("answers"), question.index());
        html! {
            <fieldset id={question.id()}>
                {question.hidden()}
                {text(&question.field("text"), "Question")}
                for answer in &answers, key = answer.id() {
                    <div id={answer.id()}>
                        {answer.hidden()}
                        {text(&answer.field("text"), "Answer")}
                        {right(answer)}
                        <button {..answer.remove()}>"Remove this answer"</button>
                    </div>
                }
                {answers.hidden()}
                for error in answers.errors() { <p class="error">"The answers " {error} "."</p> }
                <button {..answers.add()}>"Add an answer"</button>
                <button {..question.remove()}>"Remove this question"</button>
                if at > 0 {
                    <button type="button" phx-click="move" phx-value-from={at} phx-value-to={at - 1}>"Up"</button>
                }
            </fieldset>
        }
    }
}

fn text(field: &Field<'_>, label: &str) -> Html {
    html! {
        <label>{label} " " <input id={field.id()} name={field.name()} value={field.value()}></label>
        for error in field.errors() { <p class="error">{label} " " {error} "."</p> }
    }
}

fn right(answer: &Row<'_>) -> Html {
    let right = answer.field("is_right");
    html! {
        <input type="hidden" name={right.name()} value="false">
        <label>
            <input type="checkbox" name={right.name()} value="true" checked={right.is_checked()}> " right"
        </label>
    }
}
