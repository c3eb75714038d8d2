# Every service and the story, from source: docker build --target service --build-arg SERVICE=order-service --build-arg PORT=8081 .
FROM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /src
COPY . .
# The cache keeps what Maven has fetched from one build to the next, whatever changes in the sources.
RUN --mount=type=cache,target=/root/.m2/repository \
    mvn -B -q -Dstyle.color=never -Dmaven.test.skip -Dspotless.check.skip package
RUN for service in order-service seckill-gateway email-service sms-service delivery-service; do \
      java -Djarmode=tools -jar $service/target/$service.jar extract --layers --destination /layers/$service || exit 1; \
    done

FROM eclipse-temurin:25-jre AS jre
# 1000 is taken in this image.
RUN groupadd --gid 10001 shop && useradd --uid 10001 --gid shop --no-create-home --shell /usr/sbin/nologin shop
WORKDIR /app

FROM jre AS service
ARG SERVICE
ARG PORT
ENV SERVICE=$SERVICE SERVER_PORT=$PORT JDK_JAVA_OPTIONS="-XX:MaxRAMPercentage=50"
# What changes least comes first.
COPY --from=build /layers/$SERVICE/dependencies/ ./
COPY --from=build /layers/$SERVICE/spring-boot-loader/ ./
COPY --from=build /layers/$SERVICE/snapshot-dependencies/ ./
COPY --from=build /layers/$SERVICE/application/ ./
USER 10001:10001
EXPOSE $PORT
# The image has neither curl nor wget.
HEALTHCHECK --interval=3s --timeout=5s --start-period=90s --retries=5 \
  CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/$SERVER_PORT && printf 'GET /actuator/health/readiness HTTP/1.0\\r\\n\\r\\n' >&3 && head -n 1 <&3 | grep -q ' 200'"]
# exec, so that the JVM is the container's first process and hears its signals
ENTRYPOINT ["sh", "-c", "exec java -jar $SERVICE.jar"]

FROM jre AS story
COPY --from=build /src/playground/target/playground.jar ./
USER 10001:10001
ENTRYPOINT ["java", "-jar", "playground.jar"]
CMD ["story", "--help"]
