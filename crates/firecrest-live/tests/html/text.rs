//! Text, values, elements.

use std::fmt;

use firecrest_live::{Html, Raw, html};

#[test]
fn text_is_what_the_literals_say_and_nothing_is_put_between_nodes() {
    let page = html! { "a" "b " <p>" c"</p>"d" r#"e "f""# <b>"g"</b> };
    assert_eq!(page.to_string(), "ab <p> c</p>de \"f\"<b>g</b>");
}

#[test]
fn f005_text_is_escaped_when_it_is_compiled_and_values_when_they_are_rendered() {
    let name = "<b> & 'c' \"d\"";
    let page = html! { "1 < 2 && 'x'" {name} {"<i>"} {Raw("<hr>")} };
    assert_eq!(
        page.to_string(),
        "1 &lt; 2 &amp;&amp; 'x'&lt;b&gt; &amp; &#39;c&#39; &quot;d&quot;&lt;i&gt;<hr>"
    );
}

#[test]
fn f005_whatever_displays_itself_is_a_value() {
    struct Celsius(f32);
    impl fmt::Display for Celsius {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{:.1} <°C>", self.0)
        }
    }
    fn shown<T: fmt::Display>(value: &T) -> Html {
        html! { {value} "," {*value} }
    }
    let (owned, boxed, none) = (String::from("o"), Box::new('b'), None::<u8>);
    let page =
        html! { {Celsius(21.0)} {owned} {boxed} {none} {Some(5)} {-1.5} {true} {format_args!("{:02}", 7)} };
    assert_eq!(page.to_string(), "21.0 &lt;°C&gt;ob5-1.5true07");
    assert_eq!(shown(&"<").to_string(), "&lt;,&lt;");
    assert_eq!(owned, "o", "values are borrowed only");
}

#[test]
fn an_expression_may_be_any_of_rust() {
    let rows = [3, 4];
    let page = html! {
        {rows.iter().sum::<i32>() * 2} ";"
        {let [a, _] = rows; a} ";"
        {if rows.len() > 1 { "many" } else { "few" }} ";"
        {match rows { [a, b] if a < b => a..b, _ => 0..0 }.len()} ";"
        {rows.map(|row| html! { <i>{row}</i> })}
    };
    assert_eq!(page.to_string(), "14;3;many;1;<i>3</i><i>4</i>");
}

#[test]
fn html_is_a_value() {
    let inner = html! { <b>"x"</b> };
    assert_eq!(html! { {inner} }.to_string(), "<b>x</b>");
    assert_eq!(
        html! { {&inner} {Some(&inner)} {None::<Html>} {html! { "y" }} }.to_string(),
        "<b>x</b><b>x</b>y"
    );
    assert_eq!(html! { {vec![inner.clone(), inner]} }.to_string(), "<b>x</b><b>x</b>");
}

#[test]
fn void_elements_have_no_end_and_others_always_have_one() {
    let page =
        html! { <br> <br/> <input name="q"> <img src="a.png"/> <i class="icon"/> <my-tag></my-tag> <p/> };
    assert_eq!(
        page.to_string(),
        "<br><br><input name=\"q\"><img src=\"a.png\"><i class=\"icon\"></i><my-tag></my-tag><p></p>"
    );
}

#[test]
fn what_is_foreign_to_html_keeps_its_names() {
    let page = html! { <svg viewBox="0 0 1 1"><linearGradient id="g"/><path d="M0"/></svg> <x-y.z-1/> };
    assert_eq!(
        page.to_string(),
        "<svg viewBox=\"0 0 1 1\"><linearGradient id=\"g\"></linearGradient><path d=\"M0\"></path></svg><x-y.z-1></x-y.z-1>"
    );
}

#[test]
fn a_whole_document_has_a_type_and_comments() {
    let page = html! {
        <!DOCTYPE html>
        <!-- "for " "you" -->
        // for me
        <html lang="en"><head><title>"T"</title></head><body></body></html>
    };
    assert_eq!(
        page.to_string(),
        "<!DOCTYPE html><!--for you--><html lang=\"en\"><head><title>T</title></head><body></body></html>"
    );
}

#[test]
fn scripts_and_styles_are_not_escaped() {
    let width = "4em";
    let page = html! {
        <script>"if (a < b && c) { d(\"e\") }"</script>
        <style>".a > .b { width: " {width} " }"</style>
    };
    assert_eq!(
        page.to_string(),
        "<script>if (a < b && c) { d(\"e\") }</script><style>.a > .b { width: 4em }</style>"
    );
}

#[test]
fn a_fragment_is_its_nodes() {
    assert_eq!(html! { <>"a"<>{1}</></> <></> "b" }.to_string(), "a1b");
    assert_eq!(html! {}.to_string(), "");
}

#[test]
fn a_value_may_end_the_function() {
    fn sum(of: &[Option<u8>]) -> Option<Html> {
        Some(html! { {of.first()?.as_ref()?} " of " {of.len()} })
    }
    assert_eq!(sum(&[Some(3)]).unwrap().to_string(), "3 of 1");
    assert!(sum(&[None]).is_none());
}
