# The emulator as a container.
#
#   docker build -t cognito-emulator .
#   docker run --rm -p 127.0.0.1:9229:9229 cognito-emulator
#
# A seed: -v ./seed.yaml:/seed.yaml:ro -e COGNITO_EMULATOR_SEED=/seed.yaml, or the seed's text itself in that variable,
# or POST /_emulator/seed once it runs. Settings: COGNITO_EMULATOR_… variables, or flags after the image's name.
#
# Size, compressed (tests/test_docker.py measures the second line and keeps the sum below 150 MB):
#   python:3.12-slim               45 MB   its layers for amd64, as the registry lists them
#   /opt/cognito-emulator          27 MB   virtual environment without pip, botocore with two services' data
#   sum                            72 MB
# botocore with the data of all its services would add 15 MB to the second line.

FROM python:3.12-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY emulator ./emulator
# Without pip inside; compiled to byte code, which the user of the image could not write.
RUN python -m venv --without-pip /opt/cognito-emulator \
    && pip --python /opt/cognito-emulator/bin/python install --no-cache-dir --compile '.[guide,imports,passkeys,saml,speed]'
# Only the models of the two services are read; botocore brings those of four hundred.
RUN find /opt/cognito-emulator/lib/python3*/site-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \
    ! -name cognito-idp ! -name cognito-identity -exec rm -r {} +

FROM python:3.12-slim
LABEL org.opencontainers.image.title="cognito-emulator" \
    org.opencontainers.image.description="A local Amazon Cognito that developers and test suites can trust." \
    org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /opt/cognito-emulator /opt/cognito-emulator
ENV PATH=/opt/cognito-emulator/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COGNITO_EMULATOR_HOST=0.0.0.0
# For --data /data: a volume there belongs to the user below. Without one nothing is kept.
RUN install -d -o 10001 -g 10001 /data
EXPOSE 9229 9230
# No name is needed for a user who owns nothing; a number satisfies Kubernetes' runAsNonRoot.
USER 10001:10001
# Healthy means that the seed is loaded. --start-interval needs Docker 25: half a second after that it is known.
# http.client, because urllib would ask the proxy of the HTTP_PROXY variable that Docker hands to containers.
HEALTHCHECK --interval=5s --timeout=3s --start-period=3s --start-interval=500ms --retries=3 \
    CMD ["python", "-c", "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('COGNITO_EMULATOR_PORT') or 9229), timeout=2); c.request('GET', '/_emulator/ready'); sys.exit(c.getresponse().status != 200)"]
# Exec form: SIGTERM reaches the emulator, which handles it itself (as process 1 it must) and ends within a second.
ENTRYPOINT ["cognito-emulator"]
