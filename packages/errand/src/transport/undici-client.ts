// undici's client, and nothing else of it: its front door puts a dispatcher of its own in the place that every copy of undici
// in a process shares, and a discord.js that is loaded later would send its uploads through the wrong one.
import type { Client as UndiciClient } from 'undici';
// @ts-expect-error undici has types for its front door only
import client from 'undici/lib/dispatcher/client.js';

export type Client = UndiciClient;
export type ClientOptions = UndiciClient.Options;
export const Client = client as typeof UndiciClient;
