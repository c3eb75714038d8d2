package shop.system;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import shop.playground.client.Api;

/** What is parked holds names and addresses. */
@WithShop
class OperatorsIT {
    private final Visitor visitor;

    OperatorsIT(Visitor visitor) {
        this.visitor = visitor;
    }

    @Test
    void noServiceShowsWhatIsParkedToStrangers() {
        assertThat(visitor.shop().services()).isNotEmpty().allSatisfy(service -> {
            Api stranger = new Api(Api.client(), service.uri());
            for (String inside : new String[] {"actuator", "actuator/parked", "actuator/env"}) {
                assertThat(stranger.get(inside).problem()).as(service.name()).isEqualTo("unauthenticated");
            }
            assertThat(stranger.postAsync("actuator/parked/any").join().problem())
                    .as(service.name())
                    .isEqualTo("unauthenticated");
        });
    }
}
