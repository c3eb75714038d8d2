package shop.playground.story;

import java.net.URI;

/**
 * Where the story finds what it asks.
 *
 * @param orders the order service
 * @param gateway the flash sale's front door
 * @param mails the mail page; its API is MailDev's {@code GET /email}
 * @param texts the stand-in for the text provider: a WireMock with its {@code /__admin}
 * @param broker RabbitMQ's management API
 */
public record Places(URI orders, URI gateway, URI mails, URI texts, URI broker) {}
