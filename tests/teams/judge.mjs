// Microsoft's own reader of Adaptive Cards over an array of cards from standard input: prints,
// for each card, what the reader has to say about it.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { AdaptiveCard, CardElement, HostConfig, SerializationContext, Version } =
  createRequire(import.meta.url)("adaptivecards/dist/adaptivecards.js");

const cards = JSON.parse(readFileSync(0, "utf8"));
const remarks = cards.map((json) => {
  const card = new AdaptiveCard();
  card.hostConfig = new HostConfig({ actions: { maxActions: 6 } }); // as Teams has it
  // Its pattern for a language goes on where it stopped, and would refuse every second card.
  CardElement.langProperty.regEx.lastIndex = 0;
  const context = new SerializationContext(new Version(1, 5));
  card.parse(json, context);
  const said = [];
  for (let number = 0; number < context.eventCount; number++) {
    said.push(context.getEventAt(number).message);
  }
  const properties = card.validateProperties();
  for (const event of properties.validationEvents) said.push(event.message);
  return said;
});
process.stdout.write(JSON.stringify(remarks));
