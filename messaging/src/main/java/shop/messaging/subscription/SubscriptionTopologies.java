package shop.messaging.subscription;

import java.util.Map;

/** The topology of every subscription of this service, by inbox queue. */
record SubscriptionTopologies(Map<String, SubscriptionTopology> byQueue) {}
