# One image for web, worker, relay, beat and courier; docker-compose.yml says which one a container is.
FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 CSW_HOME=/data
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
RUN useradd --create-home --uid 10001 csw && install -d -o csw /data /app
WORKDIR /app
COPY requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --no-deps -r requirements.lock
COPY --chown=csw . .
RUN python -m singlewindow.runtime.translations
USER csw
VOLUME /data
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "-c", "singlewindow/runtime/gunicorn_settings.py", "singlewindow.wsgi:application"]
