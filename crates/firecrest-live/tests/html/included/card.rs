html! {
    <section>
        <h2>{title}</h2>
        <ul>
            for name in names { <li>{name}</li> }
        </ul>
    </section>
}
