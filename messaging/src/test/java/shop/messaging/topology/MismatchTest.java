package shop.messaging.topology;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MismatchTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            the value '10' of type 'signedint' | the value '5' of type 'signedint' | 10   | 5
            the value '10' of type 'signedint' | none                              | 10   | none
            none                               | the value '5' of type 'long'      | none | 5
            'true'                             | 'false'                           | true | false
            """)
    void isReadFromTheBrokersRefusal(String received, String current, String wanted, String found) {
        String refusal = "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'a.events' in vhost 'shop': "
                + "received " + received + " but current is " + current;
        assertThat(Mismatch.in(refusal)).contains(new Mismatch("queue", "a.events", "x-max-length", wanted, found));
    }

    @Test
    void saysWhatToDo() {
        assertThat(new Mismatch("queue", "a.events", "x-max-length", "10", "5").advice())
                .isEqualTo("The queue a.events is at the broker with x-max-length = 5, and needed here with 10."
                        + " Move its messages and delete it, or give back the old setting: x-max-length = 5.");
    }

    @Test
    void isNotSeenInOtherRefusals() {
        assertThat(Mismatch.in("ACCESS_REFUSED - access to queue 'a.events' in vhost 'shop' refused"))
                .isEmpty();
    }
}
