"""A shop with one GraphQL endpoint, as docs/examples/graphql.yml expects it, served by Ariadne.

    pip install ariadne
    python graphql_shop.py 8200
"""

import itertools
import secrets
import socketserver
import sys
import threading
import wsgiref.simple_server

import ariadne
from ariadne.wsgi import GraphQL
from graphql import GraphQLError

PASSWORD = "demo"
PRODUCTS = [
    {"id": "p-1", "name": "Headphones", "category": "audio", "price": 59.5},
    {"id": "p-2", "name": "Keyboard", "category": "keyboards", "price": 89.0},
]
TYPES = """
type Product { id: ID! name: String! price: Float! }
type Login { token: String! }
type Cart { items: Int! }
type Order { id: ID! status: String! items: Int! }
type Query {
  products(category: String): [Product!]!
  order(id: ID!): Order
}
type Mutation {
  login(username: String!, password: String!): Login!
  addToCart(productId: ID!, quantity: Int!): Cart!
  checkout: Order!
}
"""

query = ariadne.QueryType()
mutation = ariadne.MutationType()
users = {}
carts = {}
orders = {}
numbers = itertools.count(1)
lock = threading.Lock()


def user(info):
    """Whoever holds the bearer token of the request."""
    header = info.context["request"].get("HTTP_AUTHORIZATION", "")
    name = users.get(header.removeprefix("Bearer "))
    if name is None:
        raise GraphQLError("log in first")
    return name


@query.field("products")
def products(_, info, category=None):
    return [product for product in PRODUCTS if category in (None, product["category"])]


@query.field("order")
def order(_, info, id):
    found = orders.get((user(info), id))
    return found


@mutation.field("login")
def login(_, info, username, password):
    if password != PASSWORD:
        raise GraphQLError("wrong password")
    token = secrets.token_urlsafe(24)
    users[token] = username
    return {"token": token}


@mutation.field("addToCart")
def add_to_cart(_, info, productId, quantity):
    if quantity < 1 or all(product["id"] != productId for product in PRODUCTS):
        raise GraphQLError("no such product")
    with lock:
        carts[user(info)] = carts.get(user(info), 0) + quantity
        return {"items": carts[user(info)]}


@mutation.field("checkout")
def checkout(_, info):
    name = user(info)
    with lock:
        items = carts.pop(name, 0)
        if items == 0:
            raise GraphQLError("the cart is empty")
        made = {"id": f"o-{next(numbers)}", "status": "confirmed", "items": items}
        orders[(name, made["id"])] = made
        return made


class Server(socketserver.ThreadingMixIn, wsgiref.simple_server.WSGIServer):
    daemon_threads = True
    request_queue_size = 128


class Quiet(wsgiref.simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        pass


if __name__ == "__main__":
    schema = ariadne.make_executable_schema(TYPES, query, mutation)
    app = GraphQL(schema, context_value=lambda environ, *_: {"request": environ})
    wsgiref.simple_server.make_server("127.0.0.1", int(sys.argv[1]), app, Server, Quiet).serve_forever()
