package shop.events;

/**
 * Where to deliver.
 *
 * @param country an ISO 3166-1 alpha-2 code
 */
public record Address(String street, String city, String postcode, String country) {}
