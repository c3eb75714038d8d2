package shop.messaging;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.RecordComponent;
import java.util.Collection;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ReflectionUtils;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Messages as JSON. It is the same in every service, whatever that service's HTTP API makes of its own JSON: nulls are
 * left out; unknown properties are ignored, since a publisher may add some; a record's component that is not
 * {@code @Nullable} must be there.
 */
public final class MessageJson {
    private final JsonMapper json = JsonMapper.builder()
            .changeDefaultPropertyInclusion(inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
            .build();

    /** Writes a message's body, in UTF-8. */
    public byte[] write(Object message) {
        return json.writeValueAsBytes(message);
    }

    /**
     * Reads a message's body.
     *
     * @throws UnprocessableMessageException when it is not JSON, not of that type, or lacks something
     */
    public <T> T read(byte[] body, Class<T> type) {
        T message;
        try {
            message = json.readValue(body, type);
        } catch (JacksonException e) {
            throw new UnprocessableMessageException(
                    "The body is not a %s: %s".formatted(type.getSimpleName(), e.getOriginalMessage()), e);
        }
        if (message == null) {
            throw new UnprocessableMessageException("The body is null, not a " + type.getSimpleName());
        }
        requireComponents(message, type.getSimpleName());
        return message;
    }

    private static void requireComponents(Object message, String path) {
        if (message instanceof Collection<?> elements) {
            elements.forEach(element -> requireElement(element, path + "[]"));
        }
        if (!(message instanceof Record)) {
            return;
        }
        for (RecordComponent component : message.getClass().getRecordComponents()) {
            String name = path + "." + component.getName();
            Object value = value(component, message);
            if (value != null) {
                requireComponents(value, name);
            } else if (!nullable(component.getAnnotatedType())) {
                throw new UnprocessableMessageException(name + " is missing");
            }
        }
    }

    private static void requireElement(@Nullable Object element, String path) {
        if (element == null) {
            throw new UnprocessableMessageException(path + " is null");
        }
        requireComponents(element, path);
    }

    private static boolean nullable(AnnotatedElement type) {
        return type.isAnnotationPresent(Nullable.class);
    }

    private static @Nullable Object value(RecordComponent component, Object message) {
        var accessor = component.getAccessor();
        ReflectionUtils.makeAccessible(accessor); // subscribers keep their own narrow records package-private
        return ReflectionUtils.invokeMethod(accessor, message);
    }
}
