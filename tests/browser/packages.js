// Gives a page the unmodified packages of Stripe and React, so that a test can call them.

import * as elements from "@stripe/react-stripe-js";
import { loadStripe } from "@stripe/stripe-js";
import { createElement } from "react";
import { createRoot } from "react-dom/client";

Object.assign(window, elements, { loadStripe, createElement, createRoot });
