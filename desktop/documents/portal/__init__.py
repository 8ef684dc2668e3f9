"""A client's account as one page of HTML, which needs no server, no network and no script."""
