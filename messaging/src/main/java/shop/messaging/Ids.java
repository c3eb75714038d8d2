package shop.messaging;

import com.fasterxml.uuid.Generators;
import com.fasterxml.uuid.NoArgGenerator;
import java.util.UUID;

/** Time-ordered identifiers (UUIDv7, RFC 9562): unique without asking anybody, and kind to a B-tree. */
public final class Ids {
    private static final NoArgGenerator GENERATOR = Generators.timeBasedEpochGenerator();

    private Ids() {}

    /** A new identifier, later in order than those made before it in an earlier millisecond. */
    public static UUID next() {
        return GENERATOR.generate();
    }
}
