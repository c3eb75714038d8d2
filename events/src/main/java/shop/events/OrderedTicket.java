package shop.events;

import java.util.UUID;

/** A ticket of a flash sale, and the order that it became. */
public record OrderedTicket(String ticket, UUID buyer, UUID order) {}
