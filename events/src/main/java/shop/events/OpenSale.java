package shop.events;

import java.time.Instant;
import java.util.UUID;

/** A sale that takes purchases now, or will. */
public record OpenSale(UUID sale, Instant closes) {}
