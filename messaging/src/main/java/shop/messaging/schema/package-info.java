/** The database's schema, brought up to date whenever the database is there. */
@NullMarked
package shop.messaging.schema;

import org.jspecify.annotations.NullMarked;
