package shop.email;

/** What a mail says, as plain text and as the HTML that says the same. */
record Letter(String subject, String text, String html) {}
