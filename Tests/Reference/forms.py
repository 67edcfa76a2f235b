"""A web application of forms, as docs/examples/forms.yml expects it: pages of HTML, a session cookie, and a CSRF token
of Flask-WTF in a hidden field of every form.

    pip install flask-wtf
    python forms.py 8300
"""

import itertools
import os
import sys
import threading

import flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.serving import run_simple

PASSWORD = "demo"

app = flask.Flask(__name__)
app.secret_key = os.urandom(32)
CSRFProtect(app)

notes = {}
numbers = itertools.count(1)
lock = threading.Lock()

PAGE = """<!doctype html>
<title>Notes</title>
{% block body %}{% endblock %}
"""
FORM = """<form method="post" action="{{ action }}">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
{% for name, kind in fields %}<label>{{ name }} <input type="{{ kind }}" name="{{ name }}"></label>
{% endfor %}<button>{{ action }}</button>
</form>
"""


def form(action, *fields):
    return flask.render_template_string(PAGE + FORM, action=action, fields=fields)


def user():
    """The user of the session; anybody else is sent to the login."""
    name = flask.session.get("user")
    if name is None:
        flask.abort(flask.redirect("/login", code=303))
    return name


@app.get("/login")
def ask_for_login():
    return form("/login", ("username", "text"), ("password", "password"))


@app.post("/login")
def login():
    if flask.request.form.get("password") != PASSWORD:
        return form("/login", ("username", "text"), ("password", "password")), 401
    flask.session["user"] = flask.request.form["username"]
    return flask.redirect("/notes/new", code=303)


@app.get("/notes/new")
def ask_for_note():
    user()
    return form("/notes", ("text", "text"))


@app.post("/notes")
def add():
    owner = user()
    with lock:
        number = next(numbers)
        notes[number] = (owner, flask.request.form["text"])
    return flask.redirect(f"/notes/{number}", code=303)


@app.get("/notes/<int:number>")
def show(number):
    owner, text = notes.get(number, (None, None))
    if owner != user():
        flask.abort(404)
    body = '<article id="note-{{ number }}" data-owner="{{ owner }}">{{ text }}</article>\n'
    return flask.render_template_string(PAGE + body, number=number, owner=owner, text=text)


if __name__ == "__main__":
    run_simple("127.0.0.1", int(sys.argv[1]), app, threaded=True)
