package shop.order.sale;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.springframework.amqp.core.Message;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import org.springframework.transaction.annotation.Transactional;

/**
 * What may have killed the process: messages that come again because whoever had them never acknowledged them. A
 * classic queue counts nothing, so it is noted here, each time before the work begins. The company of a batch that was
 * lost twice is broken up; guilty is only what was alone in the works when the process died.
 *
 * @see <a href="https://www.rabbitmq.com/docs/consumers#message-properties">The flag {@code redelivered}</a>
 */
@Repository
class Suspects {
    private static final int SUSPICIOUS = 2;

    private final JdbcClient database;

    Suspects(JdbcClient database) {
        this.database = database;
    }

    enum Standing {
        /** It is done in company. */
        INNOCENT,
        /** It is done alone. */
        SUSPECT,
        /** It is not done any more. */
        GUILTY;

        static Standing of(int redeliveries, boolean alone) {
            if (alone) {
                return GUILTY;
            }
            return redeliveries < SUSPICIOUS ? INNOCENT : SUSPECT;
        }
    }

    /** Those of the messages that were delivered before. */
    static List<String> among(Collection<Message> messages) {
        return messages.stream()
                .filter(message -> message.getMessageProperties().isRedelivered())
                .map(Suspects::digest)
                .distinct()
                .toList();
    }

    static String digest(Message message) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(message.getBody()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Notes that they come again, and tells what to do with each. */
    @Transactional
    public Map<String, Standing> note(Collection<String> suspects) {
        Map<String, Standing> standings = new HashMap<>();
        database.sql("""
                insert into suspects (message, redeliveries) select message, 1 from unnest(?) message order by message
                on conflict (message) do update set redeliveries = suspects.redeliveries + 1
                returning message, redeliveries, alone""").param(suspects.toArray(String[]::new)).query(row -> {
            standings.put(row.getString("message"), Standing.of(row.getInt("redeliveries"), row.getBoolean("alone")));
        });
        return standings;
    }

    /** Notes that this one is alone in the works from now on. */
    @Transactional
    public boolean isolate(String suspect) {
        return database.sql("update suspects set alone = true where message = ?")
                        .param(suspect)
                        .update()
                == 1;
    }

    /** Does the work that clears the suspects, and forgets them with it. */
    @Transactional
    public <T> T clear(Collection<String> suspects, Supplier<T> work) {
        T result = work.get();
        if (!suspects.isEmpty()) {
            database.sql("delete from suspects where message = any(?)")
                    .param(suspects.toArray(String[]::new))
                    .update();
        }
        return result;
    }
}
