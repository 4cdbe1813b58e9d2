use super::{
    Classes, Dispatch, Exec, Hide, Href, IgnoreAttributes, Js, Push, RemoveAttribute, SetAttribute, Show,
    Target, Toggle, ToggleAttribute, Transition,
};

macro_rules! shortcuts {
    ($($name:ident($type:ty))*) => {$(
        #[doc = concat!("A list that begins with [`", stringify!($name), "`](Js::", stringify!($name), ").")]
        pub fn $name(options: impl Into<$type>) -> Js {
            Js::new().$name(options)
        }
    )*};
}

shortcuts! {
    push(Push)
    dispatch(Dispatch)
    toggle(Toggle)
    show(Show)
    hide(Hide)
    add_class(Classes)
    remove_class(Classes)
    toggle_class(Classes)
    transition(Transition)
    set_attribute(SetAttribute)
    remove_attribute(RemoveAttribute)
    toggle_attribute(ToggleAttribute)
    ignore_attributes(IgnoreAttributes)
    focus(Target)
    focus_first(Target)
    push_focus(Target)
    navigate(Href)
    patch(Href)
    exec(Exec)
}

/// A list that begins with [`pop_focus`](Js::pop_focus).
pub fn pop_focus() -> Js {
    Js::new().pop_focus()
}
