package shop.playground.servers;

/** The kinds of servers that the shop needs. */
public enum Kind {
    /** {@link RabbitMq} */
    RABBITMQ,
    /** {@link Redis} */
    REDIS,
    /** {@link Postgres} */
    POSTGRES,
    /** {@link MailServer} */
    MAIL,
    /** {@link ThirdParties} */
    THIRD_PARTIES
}
