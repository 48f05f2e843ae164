"""The HTTP server of a run: a REST API, OpenRefine reconciliation, INCEpTION recommendations, and the review page.

`app.create_app` makes the application, `process.serve` runs it. FastAPI and uvicorn come with the extra `server` and
are imported by no other package; a module of this package imports them at its top, so the command line imports the
package only when a server is asked for.
"""
