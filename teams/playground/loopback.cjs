// The Playground listens on every interface and has no option for it; this keeps it on this machine.
"use strict";
const net = require("node:net");

const listen = net.Server.prototype.listen;

net.Server.prototype.listen = function (first, ...rest) {
  const onEnd = rest.find((each) => typeof each === "function");
  const ends = onEnd ? [onEnd] : [];
  if (first !== null && typeof first === "object" && !("port" in first)) {
    return listen.call(this, first, ...rest);
  }
  const options = first !== null && typeof first === "object" ? first : { port: first };
  return listen.call(this, { ...options, port: Number(options.port) || 0, host: "127.0.0.1" }, ...ends);
};
