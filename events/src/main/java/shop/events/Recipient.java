package shop.events;

/**
 * Whom to write to: a snapshot taken when the event happened, so that subscribers need to ask nobody.
 *
 * @param phone in E.164 form, such as {@code +4915112345678}
 * @param language an ISO 639-1 code; subscribers fall back to English for one they do not speak
 */
public record Recipient(String name, String email, String phone, String language) {}
