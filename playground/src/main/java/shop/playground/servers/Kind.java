package shop.playground.servers;

/** What {@link WithServers} can start. */
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
