FROM python:3.11-slim
RUN apt-get update --quiet \
 && apt-get install --quiet --yes --no-install-recommends openjdk-17-jre-headless \
 && rm -rf /var/lib/apt/lists/*
COPY content /opt/kafka/libs
COPY kafka.entrypoint /usr/local/bin/entrypoint
RUN useradd --system --uid 1000 appuser && install -d -o appuser -g appuser /var/lib/kafka/data
USER appuser
ENTRYPOINT ["entrypoint"]
