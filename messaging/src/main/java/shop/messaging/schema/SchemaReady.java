package shop.messaging.schema;

/** Published in the application's context, once, when every table is there: what works on the database may begin. */
public record SchemaReady() {}
