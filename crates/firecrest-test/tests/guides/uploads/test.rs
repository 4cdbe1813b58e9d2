    #[firecrest::test]
    async fn a_photo_is_chosen_sent_and_kept() {
        let (mut page, folder) = open().await;
        let photos = page.file_input("#album", "photos").add(TestFile::new("a.jpg", "…").content_type("image/jpeg"));
        photos.upload(50).await.unwrap();
        assert_eq!(page.element("progress", None).attr("value"), Some("66"));
        page.file_input("#album", "photos").upload(100).await.unwrap();
        page.form("#album").submit().await;
        assert_eq!((page.text("#saved"), page.count("figure")), ("1".to_owned(), 0));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }
