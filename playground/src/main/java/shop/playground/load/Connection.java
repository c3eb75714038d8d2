package shop.playground.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/**
 * One connection after the other to the same place, made when a request needs it. Requests are written as bytes, since all
 * of them are of one simple shape; the answers are Netty's to read.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what becomes of a write or a close is told by the channel
final class Connection {

    private static final int PAUSE_MILLIS = 100;

    private final Bootstrap bootstrap;
    private final InetSocketAddress address;
    private final String host;
    private final Run run;
    private @Nullable Channel channel;
    private Run.@Nullable Turn turn;

    Connection(Bootstrap bootstrap, URI target, Run run) {
        int port = target.getPort() < 0 ? 80 : target.getPort();
        this.bootstrap = bootstrap.clone().handler(new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                made.pipeline().addLast(new HttpResponseDecoder(), new Replies());
            }
        });
        this.address = new InetSocketAddress(target.getHost(), port);
        this.host = target.getHost() + ":" + port;
        this.run = run;
    }

    void send(Run.Turn next) {
        turn = next;
        Channel open = channel;
        if (open != null) {
            write(open, next.errand());
            return;
        }
        ChannelFuture connecting = bootstrap.connect(address);
        channel = connecting.channel();
        connecting.addListener(connected -> {
            if (connected.isSuccess()) {
                write(connecting.channel(), next.errand());
            } else {
                lose(connecting.channel());
            }
        });
    }

    /** Gives up on a request that has waited for too long. */
    void expire(long now) {
        Run.Turn current = turn;
        if (current != null && current.deadline() - now <= 0) {
            close();
        }
    }

    void close() {
        if (channel != null) {
            channel.close();
        }
    }

    private void write(Channel open, Errand errand) {
        open.writeAndFlush(encode(errand.request(), open.alloc().buffer(1024)), open.voidPromise());
    }

    private ByteBuf encode(Request request, ByteBuf bytes) {
        ByteBufUtil.writeUtf8(bytes, request.method());
        bytes.writeByte(' ');
        ByteBufUtil.writeUtf8(bytes, request.path());
        ByteBufUtil.writeAscii(bytes, " HTTP/1.1\r\nAccept: application/json\r\nHost: ");
        ByteBufUtil.writeAscii(bytes, host);
        if (request.token() != null) {
            ByteBufUtil.writeAscii(bytes, "\r\nAuthorization: Bearer ");
            ByteBufUtil.writeAscii(bytes, request.token());
        }
        if (request.json() != null) {
            ByteBufUtil.writeAscii(bytes, "\r\nContent-Type: application/json");
        }
        int length = request.json() == null ? 0 : ByteBufUtil.utf8Bytes(request.json());
        ByteBufUtil.writeAscii(bytes, "\r\nContent-Length: " + length + "\r\n\r\n");
        if (request.json() != null) {
            ByteBufUtil.writeUtf8(bytes, request.json());
        }
        return bytes;
    }

    private void lose(Channel lost) {
        if (channel != lost) {
            return; // closed by its server's wish, after its last answer
        }
        channel = null;
        Run.Turn failed = turn;
        if (failed != null) {
            turn = null;
            run.failed(failed);
            run.readyAfter(PAUSE_MILLIS, this);
        }
    }

    /** Of one connection. */
    private final class Replies extends SimpleChannelInboundHandler<HttpObject> {

        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private @Nullable HttpResponse head;

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject part) throws IOException {
            if (part.decoderResult().isFailure()) {
                context.close();
                return;
            }
            if (part instanceof HttpResponse response) {
                head = response;
                body.reset();
            }
            if (part instanceof HttpContent content) {
                content.content().readBytes(body, content.content().readableBytes());
            }
            if (part instanceof LastHttpContent && head != null) {
                complete(context.channel(), head);
            }
        }

        private void complete(Channel open, HttpResponse response) {
            Run.Turn answered = turn;
            turn = null;
            if (!HttpUtil.isKeepAlive(response)) {
                channel = null;
                open.close();
            }
            if (answered != null) {
                run.answered(answered, new Reply(response.status().code(), response.headers(), body.toByteArray()));
                run.ready(Connection.this);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            super.channelInactive(context);
            lose(context.channel());
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            context.close(); // a reset; what it means is told when the channel is inactive
        }
    }
}
