package shop.playground.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.UnsupportedEncodingException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Date;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MailServerTest {

    private final MailServer server = MailServer.local();

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void givesMailsInTheShapeOfMailDev() throws Exception {
        send("订单已付款", "谢谢 <b>你</b>");

        JsonNode mails = new ObjectMapper().readTree(get("/email").body());
        assertThat(mails).hasSize(1);
        JsonNode mail = mails.get(0);
        assertThat(mail.path("id").asText()).isNotEmpty();
        assertThat(mail.path("subject").asText()).isEqualTo("订单已付款");
        assertThat(mail.path("text").asText().strip()).isEqualTo("谢谢 <b>你</b>");
        assertThat(mail.path("html").asText()).contains("<p>hello</p>");
        assertThat(mail.at("/from/0/address").asText()).isEqualTo("shop@example.org");
        assertThat(mail.at("/to/0/address").asText()).isEqualTo("wang@example.org");
        assertThat(mail.at("/to/0/name").asText()).isEqualTo("王芳");
        assertThat(mail.at("/to/1/address").asText()).isEqualTo("second@example.org");
        assertThat(mail.at("/headers/message-id").asText()).startsWith("<");
        assertThat(mail.path("date").asText()).isEqualTo("2026-01-02T03:04:05Z");
    }

    @Test
    void showsMailsToPeopleWithoutTrustingThem() throws Exception {
        send("<script>alert(1)</script>", "谢谢 & <b>hello</b>");

        assertThat(get("/").body())
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;", "谢谢 &amp; &lt;b&gt;hello&lt;/b&gt;", "王芳")
                .doesNotContain("<script>", "<b>");
    }

    @Test
    void refusesMailsWhileItIsStoppedAndKeepsThoseItHas() throws Exception {
        send("before", "text");
        server.stop();
        assertThatThrownBy(() -> send("during", "text")).isInstanceOf(MessagingException.class);
        assertThat(get("/email").statusCode()).isEqualTo(200);
        server.start();
        send("after", "text");

        assertThat(server.mails()).extracting(Mail::subject).containsExactly("before", "after");
    }

    @Test
    void throwsMailsAwayWhenAsked() throws Exception {
        send("any", "text");
        HttpRequest delete = HttpRequest.newBuilder(URI.create(server.url() + "/email/all"))
                .DELETE()
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(delete, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.mails()).isEmpty();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(server.url() + path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private void send(String subject, String text) throws MessagingException, UnsupportedEncodingException {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.host", server.host());
        properties.setProperty("mail.smtp.port", Integer.toString(server.port()));
        MimeMessage message = new MimeMessage(Session.getInstance(properties));
        message.setFrom("shop@example.org");
        message.addRecipient(RecipientType.TO, new InternetAddress("wang@example.org", "王芳", "UTF-8"));
        message.addRecipient(RecipientType.TO, new InternetAddress("second@example.org"));
        message.setSubject(subject, "UTF-8");
        message.setSentDate(Date.from(java.time.Instant.parse("2026-01-02T03:04:05Z")));
        MimeBodyPart plain = new MimeBodyPart();
        plain.setText(text, "UTF-8");
        MimeBodyPart html = new MimeBodyPart();
        html.setText("<p>hello</p>", "UTF-8", "html");
        message.setContent(new MimeMultipart("alternative", plain, html));
        Transport.send(message);
    }
}
