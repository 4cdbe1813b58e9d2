//! Streams: what is sent of them, what is held, and what the client makes of it (spec §3.6).

use firecrest_live::{Held, Html, RenderError, Replica, Stream, html};

use crate::client::{Client, stand_in, template};

struct Song {
    id: u32,
    title: String,
}

fn song(id: u32, title: &str) -> Song {
    Song { id, title: title.to_owned() }
}

fn songs() -> Stream<Song> {
    Stream::new(|song: &Song| format!("songs-{}", song.id))
}

fn page(songs: &Stream<Song>) -> Html {
    html! { <ul id="songs" phx-update="stream">stream (id, song) in songs { <li id={id}>{&song.title}</li> }</ul> }
}

/// What a browser shows of the songs: `id:title`.
fn shown(client: &Client) -> String {
    let html = client.replica.html().unwrap();
    let items = html.split("<li id=\"songs-").skip(1).map(|item| item.split("</li>").next().unwrap());
    items.map(|item| item.replace("\">", ":")).collect::<Vec<_>>().join(" ")
}

/// Shows the songs and gives the message.
fn send(client: &mut Client, songs: &Stream<Song>) -> String {
    client.try_show(&page(songs)).unwrap()
}

#[test]
fn f058_the_first_message_has_the_statics_even_of_an_empty_stream() {
    let (mut client, mut songs) = (Client::new(), songs());
    assert_eq!(
        send(&mut client, &songs),
        r#"{"0":{"s":["<li",">","</li>"],"k":{"kc":0},"stream":["0",[],[]]},"s":["<ul id=\"songs\" phx-update=\"stream\">","</ul>"]}"#
    );
    songs.append(song(7, "Blue"));
    assert_eq!(
        send(&mut client, &songs),
        r#"{"0":{"k":{"0":{"0":" id=\"songs-7\"","1":"Blue"},"kc":1},"stream":["0",[["songs-7",-1,null,false]],[]]}}"#
    );
    assert_eq!(shown(&client), "7:Blue");
}

#[test]
fn f058_operations_are_sent_once() {
    let (mut client, mut songs) = (Client::new(), songs());
    songs.append(song(1, "a"));
    songs.append(song(2, "b"));
    send(&mut client, &songs);
    assert_eq!(send(&mut client, &songs), "{}");
    songs.delete(&song(1, ""));
    songs.delete_id("songs-\"9\"");
    songs.delete_id("songs-\"9\"");
    assert_eq!(
        send(&mut client, &songs),
        r#"{"0":{"k":{"kc":0},"stream":["0",[],["songs-1","songs-\"9\""]]}}"#
    );
    assert_eq!(shown(&client), "2:b");
    songs.reset();
    assert_eq!(send(&mut client, &songs), r#"{"0":{"k":{"kc":0},"stream":["0",[],[],true]}}"#);
    assert_eq!((shown(&client).as_str(), send(&mut client, &songs).as_str()), ("", "{}"));
}

#[test]
fn f058_places_limits_and_updates_are_sent_as_they_were_asked_for() {
    let (mut client, mut songs) = (Client::new(), songs());
    send(&mut client, &songs);
    songs.prepend(song(1, "a"));
    songs.limit(-5).insert(3, song(2, "b"));
    songs.limit(5).append(song(3, "c"));
    songs.limit(0).update_only(song(4, "d"));
    songs.prepend_all([song(5, "e"), song(6, "f")]);
    let message = send(&mut client, &songs);
    let inserts = r#"[["songs-1",0,null,false],["songs-2",3,-5,false],["songs-3",-1,5,false],["songs-4",-1,null,true],["songs-5",0,null,false],["songs-6",1,null,false]]"#;
    assert!(message.contains(inserts), "{message}");
    assert_eq!(shown(&client), "5:e 6:f 1:a 2:b 3:c");
}

#[test]
fn f058_rendering_alone_takes_nothing_from_a_stream() {
    let (mut client, mut songs) = (Client::new(), songs());
    songs.extend([song(1, "a"), song(2, "b")]);
    let dead = page(&songs).to_string();
    assert_eq!(dead, page(&songs).to_string(), "rendered again, it shows the same");
    send(&mut client, &songs);
    assert_eq!(client.replica.html().unwrap(), dead, "what the page showed comes again with the join");
    assert_eq!(page(&songs).to_string(), r#"<ul id="songs" phx-update="stream"></ul>"#);
}

#[test]
fn f058_what_comes_after_a_tree_was_rendered_is_not_lost_with_it() {
    let (mut held, mut replica, mut songs) = (Held::new(7), Replica::new(), songs());
    let mut told = |html: &Html| {
        let message = held.diff(html, &mut stand_in).unwrap().to_string();
        replica.merge(&serde_json::from_str(&message).unwrap()).unwrap();
        replica.html().unwrap().matches("<li").count()
    };
    songs.extend([song(1, "a"), song(2, "b")]);
    let early = page(&songs);
    songs.delete_id("songs-2");
    songs.append(song(3, "c"));
    assert_eq!(told(&early), 2);
    assert_eq!(told(&page(&songs)), 2, "the deletion and the third");
    // An older tree that is sent again does not take what came later.
    songs.append(song(4, "d"));
    told(&early);
    assert_eq!(told(&page(&songs)), 4);
}

#[test]
fn f058_of_several_operations_with_one_id_the_newest_counts() {
    let (mut client, mut songs) = (Client::new(), songs());
    songs.extend([song(1, "a"), song(2, "b"), song(3, "c")]);
    songs.append(song(1, "A"));
    songs.update_only(song(2, "B"));
    songs.delete_id("songs-3");
    send(&mut client, &songs);
    assert_eq!(shown(&client), "2:B 1:A", "an update leaves an item where it is to come");
    songs.delete_id("songs-1");
    songs.prepend(song(1, "moved"));
    songs.delete_id("songs-2");
    songs.update_only(song(2, "gone"));
    send(&mut client, &songs);
    assert_eq!(shown(&client), "1:moved");
    songs.append(song(8, "x"));
    songs.reset();
    songs.update_only(song(1, "gone"));
    songs.append(song(9, "y"));
    send(&mut client, &songs);
    assert_eq!(shown(&client), "9:y");
}

#[test]
fn f058_nothing_is_held_of_what_was_streamed() {
    let (mut client, mut songs) = (Client::new(), songs());
    send(&mut client, &songs);
    let before = (client.held.memory(), format!("{:?}", client.held));
    songs.extend((0..10_000).map(|id| song(id, "title")));
    send(&mut client, &songs);
    assert_eq!((client.held.memory(), format!("{:?}", client.held)), before);
    assert_eq!(format!("{songs:?}"), "Stream { waiting: Some(0), .. }");
}

#[test]
fn f058_streams_of_a_view_are_told_apart_by_their_numbers() {
    let (mut client, mut one, mut two) =
        (Client::new(), songs(), Stream::new(|id: &u32| format!("two-{id}")));
    one.append(song(1, "a"));
    two.append(1);
    let page = |one: &Stream<Song>, two: &Stream<u32>, both: bool| {
        html! {
            if both { <ul id="two" phx-update="stream">stream (id, number) in two { <li id={id}>{number}</li> }</ul> }
            <ul id="one" phx-update="stream">stream (id, song) in one { <li id={id}>{&song.title}</li> }</ul>
        }
    };
    let message = client.try_show(&page(&one, &two, false)).unwrap();
    assert!(message.contains(r#""stream":["0",[["songs-1""#), "{message}");
    let message = client.try_show(&page(&one, &two, true)).unwrap();
    assert!(message.contains(r#""stream":["1",[["two-1""#), "{message}");
    assert!(!message.contains("songs-1"), "{message}");
    // What is not shown is forgotten by the client, and the stream keeps its number.
    client.try_show(&page(&one, &two, false)).unwrap();
    let message = client.try_show(&page(&one, &two, true)).unwrap();
    assert!(message.contains(r#""k":{"kc":0},"stream":["1",[],[]]"#), "{message}");
    assert!(!client.replica.html().unwrap().contains("two-1"));
}

#[test]
fn f058_items_may_contain_whatever_a_template_can() {
    let (mut client, mut rows) = (Client::new(), Stream::new(|(id, _): &(u32, Vec<u32>)| format!("r{id}")));
    let page = |rows: &Stream<(u32, Vec<u32>)>| {
        html! {
            <div id="rows" phx-update="stream">
                stream (id, (number, cells)) in rows {
                    let double = number * 2;
                    <p id={id}>
                        if *number > 1 { <b>{double}</b> }
                        for cell in cells, key = cell { <i>{cell}</i> }
                    </p>
                }
            </div>
        }
    };
    rows.extend([(1, vec![1, 2]), (2, vec![])]);
    let dead = page(&rows).to_string();
    client.try_show(&page(&rows)).unwrap();
    assert_eq!(client.replica.html().unwrap(), dead);
    rows.append((1, vec![3]));
    client.try_show(&page(&rows)).unwrap();
    let html = client.replica.html().unwrap();
    assert!(html.contains(r#"<p id="r1"><i>3</i></p><p id="r2"><b>4</b></p>"#), "{html}");
}

#[test]
fn f058_a_stream_inside_an_item_goes_its_own_way() {
    let (mut client, mut outer, mut inner) =
        (Client::new(), songs(), Stream::new(|id: &u32| format!("i{id}")));
    let page = |outer: &Stream<Song>, inner: &Stream<u32>| {
        html! {
            <div id="outer" phx-update="stream">
                stream (id, _) in outer {
                    <div id={id}>
                        <ul id="inner" phx-update="stream">stream (id, _) in inner { <li id={id}></li> }</ul>
                    </div>
                }
            </div>
        }
    };
    outer.append(song(1, ""));
    inner.extend([1, 2]);
    client.try_show(&page(&outer, &inner)).unwrap();
    outer.append(song(1, ""));
    inner.append(3);
    client.try_show(&page(&outer, &inner)).unwrap();
    let html = client.replica.html().unwrap();
    assert!(html.contains(r#"<li id="i1"></li><li id="i2"></li><li id="i3"></li>"#), "{html}");
}

#[test]
fn f059_a_stream_is_shown_once_in_a_page() {
    let mut songs = songs();
    songs.append(song(1, "a"));
    let twice = html! { {page(&songs)} {page(&songs)} };
    let error = Held::new(7).full(&twice, &mut stand_in).unwrap_err();
    assert_eq!(error, RenderError::StreamTwice { body: "<li" });
    assert!(error.to_string().starts_with("a stream is shown twice in one page"), "{error}");
    let inside = html! {
        <ul id="songs" phx-update="stream">
            stream (id, _) in &songs { <li id={id}>{page(&songs)}</li> }
        </ul>
    };
    assert_eq!(Held::new(7).full(&inside, &mut stand_in).unwrap_err(), error);
    // Nothing was sent, so nothing is lost.
    assert!(Held::new(7).full(&page(&songs), &mut stand_in).unwrap().as_str().contains("songs-1"));
}

#[test]
fn f059_a_shared_view_has_no_streams() {
    let error = RenderError::StreamShared { body: "<li" };
    assert_eq!(Held::shared(7).full(&page(&songs()), &mut stand_in).unwrap_err(), error);
    assert_eq!(Held::shared(7).diff(&page(&songs()), &mut stand_in).unwrap_err(), error);
    assert!(error.to_string().contains("use a keyed list"), "{error}");
}

#[test]
fn f059_an_item_is_one_element_with_the_items_id() {
    let list = |item: fn(&mut Html)| {
        let mut songs = songs();
        songs.append(song(1, "a"));
        let mut html = Html::new(template(1, &["<ul>", "</ul>"]));
        let items = html.stream(template(2, &["", ""]), &songs);
        for _ in items.iter() {
            html.item();
            item(&mut html);
        }
        drop(items);
        Held::new(7).full(&html, &mut stand_in)
    };
    assert!(list(|html| html.slot(&html! { <b id="songs-1"/> })).is_ok());
    for wrong in [
        list(|html| html.slot("text")),
        list(|html| html.slot(&html! { <b/> })),
        list(|html| html.slot(&html! { <b id="songs-2"/> })),
        list(|html| html.slot(&html! { <b><i id="songs-1"/></b> })),
    ] {
        let error = wrong.unwrap_err();
        assert!(matches!(&error, RenderError::StreamItem { id, .. } if id == "songs-1"), "{error}");
    }
}

#[test]
fn f059_more_than_may_wait_is_an_error_when_it_is_shown_and_a_reset_mends_it() {
    let mut client = Client::new();
    let mut numbers = Stream::new(|number: &usize| number.to_string());
    let page = |numbers: &Stream<usize>| {
        html! { <ul id="n" phx-update="stream">stream (id, _) in numbers { <li id={id}></li> }</ul> }
    };
    client.try_show(&page(&numbers)).unwrap();
    numbers.extend(0..Stream::<usize>::MAX_WAITING);
    numbers.append(5);
    numbers.update_only(6);
    assert_eq!(format!("{numbers:?}"), "Stream { waiting: Some(100000), .. }");
    let early = page(&numbers);
    numbers.append(usize::MAX);
    numbers.delete_id("7");
    assert_eq!(format!("{numbers:?}"), "Stream { waiting: None, .. }", "all was dropped");
    let error = client.held.diff(&page(&numbers), &mut stand_in).unwrap_err();
    assert_eq!(error, RenderError::StreamOverfull { body: "<li" });
    assert!(error.to_string().starts_with("more than 100000 operations waited in a stream"), "{error}");
    numbers.reset();
    numbers.append(1);
    assert_eq!(format!("{numbers:?}"), "Stream { waiting: Some(2), .. }");
    // What was rendered before can still be sent, and takes nothing of what came later.
    client.held.diff(&early, &mut stand_in).unwrap();
    let message = client.try_show(&page(&numbers)).unwrap();
    assert!(message.contains(r#""stream":["0",[["1",-1,null,false]],[],true]"#), "{message}");
}

#[test]
fn f058_a_stream_that_is_made_anew_takes_the_place_of_the_one_before() {
    let (mut client, mut list) = (Client::new(), songs());
    list.extend([song(1, "a"), song(2, "b")]);
    send(&mut client, &list);
    list = songs();
    assert_eq!(
        send(&mut client, &list),
        r#"{"0":{"k":{"kc":0},"stream":["0",[],[],true]}}"#,
        "what the one before had shown goes"
    );
    assert_eq!((shown(&client).as_str(), send(&mut client, &list).as_str()), ("", "{}"));
    list.append(song(3, "c"));
    send(&mut client, &list);
    list = songs();
    list.extend([song(4, "d"), song(3, "C")]);
    send(&mut client, &list);
    assert_eq!(shown(&client), "4:d 3:C");
    list.reset();
    send(&mut client, &list);
    assert_eq!(shown(&client), "");
}

#[test]
fn f058_nothing_of_a_new_stream_can_be_updated() {
    let (mut client, mut list) = (Client::new(), songs());
    list.update_only(song(1, "a"));
    assert_eq!(page(&list).to_string(), r#"<ul id="songs" phx-update="stream"></ul>"#);
    assert!(send(&mut client, &list).contains(r#""stream":["0",[],[]]"#));
    list.append(song(2, "b"));
    send(&mut client, &list);
    list = songs();
    list.update_only(song(2, "B"));
    assert_eq!(send(&mut client, &list), r#"{"0":{"k":{"kc":0},"stream":["0",[],[],true]}}"#);
}

#[test]
fn f058_streams_of_a_loop_without_keys_keep_their_items_when_they_move() {
    let (mut client, mut lists) = (Client::new(), Vec::new());
    let page = |lists: &[(u32, Stream<u32>)]| {
        html! {
            for (name, list) in lists {
                <ul id={format!("l{name}")} phx-update="stream">stream (id, _) in list { <li id={id}></li> }</ul>
            }
        }
    };
    let list = |name: u32| {
        let mut list = Stream::new(move |number: &u32| format!("l{name}-{number}"));
        list.append(1);
        (name, list)
    };
    let shown = |client: &Client| {
        let html = client.replica.html().unwrap();
        let ids = html.split("id=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
        ids.collect::<Vec<_>>().join(" ")
    };
    lists.extend([list(1), list(2)]);
    client.try_show(&page(&lists)).unwrap();
    lists.insert(0, list(3));
    client.try_show(&page(&lists)).unwrap();
    assert_eq!(shown(&client), "l3 l3-1 l1 l1-1 l2 l2-1");
    lists.remove(0);
    client.try_show(&page(&lists)).unwrap();
    assert_eq!(shown(&client), "l1 l1-1 l2 l2-1");
    lists[1].1.append(2);
    let message = client.try_show(&page(&lists)).unwrap();
    assert!(message.contains(r#""stream":["1",[["l2-2""#), "{message}");
    assert_eq!(shown(&client), "l1 l1-1 l2 l2-1 l2-2");
}

#[test]
fn f058_a_message_that_was_not_made_gives_no_numbers_away() {
    let (mut held, mut one, mut two, mut three) = (Held::new(7), songs(), songs(), songs());
    one.append(song(1, "a"));
    two.append(song(2, "b"));
    three.append(song(3, "c"));
    let twice = html! { {page(&one)} {page(&two)} {page(&two)} };
    held.full(&twice, &mut stand_in).unwrap_err();
    let message = held.full(&html! { {page(&three)} {page(&one)} }, &mut stand_in).unwrap().to_string();
    assert!(message.contains(r#""stream":["0",[["songs-3""#), "{message}");
    assert!(message.contains(r#""stream":["1",[["songs-1""#), "{message}");
}

#[test]
fn f058_an_index_beyond_all_pages_is_the_end() {
    let (mut client, mut songs) = (Client::new(), songs());
    songs.append(song(1, "a"));
    songs.insert(usize::MAX, song(2, "b"));
    songs.insert_all(usize::MAX, [song(3, "c"), song(4, "d")]);
    send(&mut client, &songs);
    assert_eq!(shown(&client), "1:a 2:b 3:c 4:d");
}
