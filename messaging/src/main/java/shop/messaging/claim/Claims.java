package shop.messaging.claim;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.io.ClassPathResource;
import org.springframework.dao.DataAccessException;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.RedisScript;
import shop.messaging.DeferredException;
import shop.messaging.UnavailableException;

/**
 * Remembers in Redis which messages are worked on and which are done, for effects that no transaction covers. A
 * message's claim is one value at {@code <queue>:claim:<message id>}: nothing while it is free, a random token while
 * somebody works on it, at the longest for the lease, and {@code done} afterwards.
 */
public final class Claims {
    private static final Logger log = LoggerFactory.getLogger(Claims.class);
    private static final String DONE = "done";
    private static final RedisScript<String> TAKE = script("take");
    private static final RedisScript<String> RELEASE = script("release");

    private final StringRedisTemplate redis;
    private final Duration lease;
    private final Duration remember;

    Claims(StringRedisTemplate redis, Duration lease, Duration remember) {
        this.redis = redis;
        this.lease = lease;
        this.remember = remember;
    }

    /** How long a claim lasts whose holder is never heard of again; work has to take less. */
    public Duration lease() {
        return lease;
    }

    /**
     * Does the work, unless it was done for this message before. The claim of work that failed is given back.
     *
     * @param queue where the message was delivered: each subscription has its own effect
     * @return whether the work was done now
     * @throws DeferredException when somebody else may be at work on it, or Redis is away; the work was not begun
     */
    public boolean once(String queue, String messageId, Runnable work) {
        String key = queue + ":claim:" + messageId;
        String token = UUID.randomUUID().toString();
        String holder = take(key, token);
        if (holder.equals(DONE)) {
            log.debug("{} of {} was handled before", messageId, queue);
            return false;
        }
        if (!holder.equals(token)) {
            throw new DeferredException("Somebody else may be at work on it");
        }
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            release(key, token);
            throw e;
        }
        done(key);
        return true;
    }

    private String take(String key, String token) {
        try {
            return redis.execute(TAKE, List.of(key), token, String.valueOf(lease.toMillis()));
        } catch (DataAccessException e) {
            throw new DeferredException(new UnavailableException("Redis does not answer: " + reason(e), e));
        }
    }

    private void release(String key, String token) {
        try {
            redis.execute(RELEASE, List.of(key), token);
        } catch (DataAccessException e) {
            log.warn("{} stays claimed for {}: {}", key, lease, reason(e));
        }
    }

    /** Whoever holds the claim by now: the effect is there. Without the note it is better acknowledged than repeated. */
    private void done(String key) {
        try {
            redis.opsForValue().set(key, DONE, remember);
        } catch (DataAccessException e) {
            log.warn("{} is done, but Redis did not note it: {}", key, reason(e));
        }
    }

    private static String reason(DataAccessException failure) {
        return failure.getMostSpecificCause().toString();
    }

    private static RedisScript<String> script(String name) {
        return RedisScript.of(new ClassPathResource("claim/" + name + ".lua"), String.class);
    }
}
