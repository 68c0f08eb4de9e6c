import { expect, it } from '@jest/globals';
import { loadConfig } from './environment.js';
import { knownSecrets } from './known-secrets.js';

it('knows every secret it was given by its name, and nothing that is none', () => {
  const env = {
    DATABASE_URL: 'postgres://tocsin:p%40ssword-of-postgres@db/tocsin',
    SMTP_URL: 'smtps://mailer:password-of-mail@mail.example.com',
    TOCSIN_SECRET_KEY: 'k'.repeat(32),
    TOCSIN_ADMIN_TOKEN: 'a'.repeat(32),
    TOCSIN_SECRET_DB_PASSWORD: 'password-of-a-runbook',
    TOCSIN_SECRET_SHORT: 'postgres',
    TWILIO_ACCOUNT_SID: 'AC0123456789abcdef0123456789abcdef',
    TWILIO_AUTH_TOKEN: 'auth-token-of-twilio',
    TWILIO_FROM: '+4930123456',
    TELEGRAM_BOT_TOKEN: '123456:bot-token',
  };
  expect(Object.fromEntries(knownSecrets(loadConfig(env), env))).toEqual({
    TOCSIN_SECRET_KEY: 'k'.repeat(32),
    TOCSIN_ADMIN_TOKEN: 'a'.repeat(32),
    'the password in DATABASE_URL': 'p@ssword-of-postgres',
    'the password in SMTP_URL': 'password-of-mail',
    TOCSIN_SECRET_DB_PASSWORD: 'password-of-a-runbook',
    'authToken of twilio': 'auth-token-of-twilio',
    'botToken of telegram': '123456:bot-token',
  });
});
