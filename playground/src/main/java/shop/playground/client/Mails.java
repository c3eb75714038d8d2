package shop.playground.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** The mail page, asked by MailDev's API. */
public final class Mails {

    private final Api api;

    public Mails(Api api) {
        this.api = api;
    }

    /** The subjects of what was sent to this address, oldest first. */
    public List<String> subjectsTo(String address) {
        return to(address).stream().map(mail -> mail.path("subject").asText()).toList();
    }

    /** What was sent to this address, oldest first, as the mail page tells it. */
    public List<JsonNode> to(String address) {
        List<JsonNode> mails = new ArrayList<>();
        for (JsonNode mail : api.get("/email").expect(200).body()) {
            for (JsonNode recipient : mail.path("to")) {
                if (recipient.path("address").asText().equalsIgnoreCase(address)) {
                    mails.add(mail);
                }
            }
        }
        return mails;
    }
}
